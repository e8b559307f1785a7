// The environment of runner.cjs: the realm that the process has anyway, instead of a new one for each test file.
const vm = require('node:vm');
const { ModuleMocker } = require('jest-mock');

class OneRealm {
  exportConditions = () => ['node', 'node-addons'];
  fakeTimers = null;
  fakeTimersModern = null;
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  #console = globalThis.console;
  #context = vm.createContext({});
  #exit = process.exit;

  /** jest asks whether there is one, to know that the file may still run. */
  getVmContext() {
    return this.#context;
  }

  async setup() {}

  /** What jest puts in place of its own for a file. */
  async teardown() {
    globalThis.console = this.#console;
    process.exit = this.#exit;
  }
}

module.exports = OneRealm;
