import { readEnvironment } from '../config/env.js';
import type { Environment } from '../config/environment.js';
import { DOCTOR_USAGE, parseDoctorArguments } from './doctor-arguments.js';
import { examine } from './doctor/examine.js';
import type { CheckResult } from './doctor/finding.js';
import { linesOf, summaryOf, verdictOf } from './doctor/print-report.js';
import { secretsOf, withoutSecrets } from './doctor/secrets-of.js';
import { runCommand } from './run-command.js';

/** Of sysexits.h. */
const EX_SOFTWARE = 70;

/** `npm run doctor`: looks at what the gateway needs, and says what to do about what is wrong. */
async function main(args: string[]): Promise<void> {
  const { isJson } = parseDoctorArguments(args);
  let secrets: string[] = [];
  const read = (): Environment => {
    const environment = readEnvironment();
    secrets = secretsOf(environment);
    return environment;
  };
  const print = (text: string) => process.stdout.write(`${withoutSecrets(text, secrets)}\n`);
  const results: CheckResult[] = [];
  for await (const result of examine(read)) {
    results.push(result);
    if (!isJson) print(linesOf(result));
  }
  const verdict = verdictOf(results);
  print(isJson ? JSON.stringify({ ...verdict, checks: results }, null, 2) : `\n${summaryOf(verdict)}`);
  process.exitCode = verdict.faults > 0 ? 1 : 0;
}

await runCommand(DOCTOR_USAGE, main, () => EX_SOFTWARE);
