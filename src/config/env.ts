import { EnvironmentError, parseEnvironment, type Environment } from './environment.js';

/** The only reader of process.env. Ends the process with the reasons where the environment can't be used. */
export function loadEnvironment(): Environment {
  try {
    return parseEnvironment(process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78); // EX_CONFIG of sysexits.h
  }
}
