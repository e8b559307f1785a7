// Runs test files in the realm of the process, with modules loaded by Node itself: the sources are loaded once for all the
// files that a process runs, not once for each, which was half of the time of the whole suite. Test files and what is
// beside them are loaded anew; sources hold no state in modules, which this way is tested as well.
const path = require('node:path');
const { default: circus } = require('jest-circus/runner');
require('../typescript.cjs');

const INITIALIZER = path.join(path.dirname(require.resolve('jest-circus/runner')), 'jestAdapterInit.js');
const TESTS = path.resolve(__dirname, '../../test') + path.sep;
/** Where jest-circus keeps what one file has left. */
const HANDLERS = Symbol.for('EVENT_HANDLERS');
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

module.exports = async (globalConfig, config, environment, runtime, testPath, sendMessage) => {
  delete globalThis[HANDLERS];
  delete globalThis[TIMEOUT];
  runtime.requireInternalModule = (file) => {
    if (file !== INITIALIZER)
      throw new Error(`jest-circus asks for ${file}, which is not known here: see its release notes.`);
    delete require.cache[file];
    return require(file);
  };
  runtime.requireModule = (file) => require(file);
  runtime.unstable_shouldLoadAsEsm = () => false;
  globalThis.jest = {
    setTimeout: (milliseconds) => {
      globalThis[TIMEOUT] = milliseconds;
    },
    spyOn: environment.moduleMocker.spyOn.bind(environment.moduleMocker),
  };
  // jest reads stacks with a library of its own, which would find no sources; Node's maps do.
  Error.prepareStackTrace = undefined;
  try {
    return await circus(globalConfig, config, environment, runtime, testPath, sendMessage);
  } finally {
    for (const file of Object.keys(require.cache)) if (file.startsWith(TESTS)) delete require.cache[file];
  }
};
