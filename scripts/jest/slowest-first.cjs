// The order of test files. jest guesses by size where it has not seen a file run, as on every clean clone; a long file that
// starts last then keeps one core idle. These are known to be long, the longest first.
const { default: Sequencer } = require('@jest/test-sequencer');

const LONG = [
  'test/runtime/cli/demo/demo',
  'test/runtime/dispatch/branches',
  'test/runtime/dispatch/gates',
  'test/runtime/dispatch/failures',
  'test/runtime/dispatch/ride',
  'test/runtime/dispatch/arrivals/recovery',
  'test/runtime/dispatch/rollback',
  'test/runtime/dispatch/',
  'test/runtime/git/',
  'test/simulation/histories',
  'test/conformance/',
  'test/runtime/railyard/',
].map((start) => new RegExp(`/${start}`));

class SlowestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) =>
      LONG.findIndex((pattern) => pattern.test(path.replaceAll('\\', '/'))) + 1 || LONG.length + 1;
    // Sorting is stable: what is not known to be long stays in jest's own order.
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}

module.exports = SlowestFirst;
