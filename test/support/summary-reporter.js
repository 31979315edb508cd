import { rm } from 'node:fs/promises';
import { checkLogs } from './logs/log-check.js';

/**
 * A Jest reporter that looks through everything the suite logged, and whose last line is the run's result in plain words:
 * `N passed, N failed`, and `, N skipped` if any. Something found in the logs is a failure.
 */
export default class SummaryReporter {
  async onRunComplete(_contexts, results) {
    const { lines, findings } = await this.look(process.env.TEST_LOG_FOLDER);
    if (findings.length > 0) this.error = new Error('the logs have what must not be in them');
    const report = [`The suite logged ${lines} lines`, ...findings.map((finding) => `  ${finding}`)].join('\n');
    const summary = summaryLine(results, findings.length > 0);
    // Jest prints its own summary on stderr; ours comes after it and after whatever is still buffered.
    process.stderr.write(`${report}\n`, () => process.stdout.write(`${summary}\n`));
  }

  /** Jest's way to ask a reporter whether the run failed. */
  getLastError() {
    return this.error;
  }

  /** What was found is kept, until the next run, for whoever wants to look. */
  async look(folder) {
    if (folder === undefined) return { lines: 0, findings: [] };
    const checked = await checkLogs(folder);
    if (checked.findings.length === 0) await rm(folder, { recursive: true });
    return checked;
  }
}

/** A test file that could not even be loaded has no failed test in it; it counts as one, and so do the logs. */
export function summaryLine(results, hasFindings = false) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + (hasFindings ? 1 : 0);
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
