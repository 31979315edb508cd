import { readEnvironment } from '../config/env.js';
import type { Environment } from '../config/environment.js';
import { ArgumentsError } from './arguments-error.js';
import { DOCTOR_USAGE, parseDoctorArguments } from './doctor-arguments.js';
import { examine } from './doctor/examine.js';
import type { CheckResult } from './doctor/finding.js';
import { linesOf, summaryOf, verdictOf } from './doctor/print-report.js';
import { secretsOf, withoutSecrets } from './doctor/secrets-of.js';

/** Of sysexits.h. */
const EX_USAGE = 64;
const EX_SOFTWARE = 70;

/** `npm run doctor`: looks at what the gateway needs, and says what to do about what is wrong. */
async function main(): Promise<void> {
  const { isJson } = parseDoctorArguments(process.argv.slice(2));
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

main().catch((error: unknown) => {
  const isUsage = error instanceof ArgumentsError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (isUsage) process.stderr.write(`\n${DOCTOR_USAGE}\n`);
  process.exitCode = isUsage ? EX_USAGE : EX_SOFTWARE;
});
