import { summaryLine } from './summary-reporter.js';

const results = {
  numPassedTests: 3,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

describe('the summary line', () => {
  it('says what passed and failed', () => {
    expect(summaryLine(results)).toBe('3 passed, 0 failed');
  });

  it('counts a test file that could not be loaded as a failure', () => {
    expect(summaryLine({ ...results, numFailedTests: 1, numRuntimeErrorTestSuites: 1 })).toBe('3 passed, 2 failed');
  });

  it('counts what was found in the logs as a failure', () => {
    expect(summaryLine(results, true)).toBe('3 passed, 1 failed');
  });

  it('names what was skipped', () => {
    expect(summaryLine({ ...results, numPendingTests: 1, numTodoTests: 1 })).toBe('3 passed, 0 failed, 2 skipped');
  });
});
