'use strict';
/**
 * The kubeconfig of the Kubernetes client library, without what it drags along: it asks for the index of the library's
 * generated code, and that loads the classes of every kind of Kubernetes, which nobody uses here: 900 modules, 50 MB, most
 * of a second. While it loads, that one question is answered with the two modules that hold what it takes from there.
 * Whatever talks to a cluster needs a Node that can be asked to (cli/node-version.ts); constructs never load this.
 */
const { registerHooks } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const INDEX = './gen/index.js';
const ASKS = /\/@kubernetes\/client-node\/dist\/\w+\.js$/;
const url = pathToFileURL(join(__dirname, 'client-generated.mjs')).href;

const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    specifier === INDEX && ASKS.test(context.parentURL ?? '')
      ? { url, format: 'module', shortCircuit: true }
      : next(specifier, context),
});
try {
  exports.KubeConfig = require('@kubernetes/client-node/dist/config.js').KubeConfig;
} finally {
  hooks.deregister();
}
