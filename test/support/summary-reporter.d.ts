interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numPendingTests: number;
  numTodoTests: number;
}

export default class SummaryReporter {
  onRunComplete(contexts: unknown, results: Results): Promise<void>;
  getLastError(): Error | undefined;
}
export function summaryLine(results: Results, hasFindings?: boolean): string;
