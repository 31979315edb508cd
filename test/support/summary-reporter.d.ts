interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numPendingTests: number;
  numTodoTests: number;
}

export default class SummaryReporter {
  onRunComplete(contexts: unknown, results: Results): void;
}
export function summaryLine(results: Results): string;
