// Ends a test run with one plain line that a program can read, taken from jest's own count.
// A test file that could not even start counts as one failure, so that the line never looks green when the run is red.
class PlainCountReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    this.line = `${results.numPassedTests} passed, ${failed} failed${skipped}`;
    // jest says so too, but only once all is taken down, and who fails to wait for that would end well.
    if (failed > 0) process.exitCode = 1;
    process.once('exit', () => process.stdout.write(`${this.line}\n`));
  }
}

module.exports = PlainCountReporter;
