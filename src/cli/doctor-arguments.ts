import { parseArgs } from 'node:util';
import { ArgumentsError } from './arguments-error.js';

export const DOCTOR_USAGE = `usage: npm run doctor -- [--json]
  looks at everything that the gateway needs, by the same environment variables, and says what to do about what is wrong
  --json  one JSON object instead of lines: {faults, warnings, checks: [{check, findings?, note?}]}
exit code: 0 all is well, or there are warnings alone; 1 there are faults`;

/** @throws ArgumentsError */
export function parseDoctorArguments(args: string[]): { isJson: boolean } {
  try {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean' } }, allowPositionals: false });
    return { isJson: values.json === true };
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}
