// Ends a test run with one plain line that a program can read, taken from jest's own count.
// A test file that could not even start counts as one failure, so that the line never looks green when the run is red.
class PlainCountReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    this.line = `${results.numPassedTests} passed, ${failed} failed`;
    // What was left out is told by name, before the count.
    this.skipped = results.testResults
      .flatMap(({ testResults }) => testResults)
      .filter(({ status }) => status === 'pending')
      .map(({ fullName }) => `skipped: ${fullName}\n`)
      .join('');
    // jest says so too, but only once all is taken down, and who fails to wait for that would end well.
    if (failed > 0) process.exitCode = 1;
    process.once('exit', () => process.stdout.write(`${this.skipped}${this.line}\n`));
  }
}

module.exports = PlainCountReporter;
