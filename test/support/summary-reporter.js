/** A Jest reporter whose last line is the run's result in plain words: `N passed, N failed`, and `, N skipped` if any. */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    this.line = summaryLine(results);
    // Jest prints its own summary on stderr; ours comes after it and after whatever is still buffered.
    process.stderr.write('', () => process.stdout.write(`${this.line}\n`));
  }
}

/** A test file that could not even be loaded has no failed test in it; it counts as one. */
export function summaryLine(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
