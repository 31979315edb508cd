import { KeptConfigurations } from './gateway-config/kept-configurations.js';
import { DEFAULT_DATA_DIRECTORY, EnvironmentError, parseEnvironment, type Environment } from './environment.js';

/**
 * The environment of this process, which this file alone reads, for whoever tells what is wrong with it.
 * @throws EnvironmentError
 */
export function readEnvironment(): Environment {
  return parseEnvironment(process.env);
}

/** Ends the process with the reasons where the environment can't be used. */
export function loadEnvironment(): Environment {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n${adviceOn(error)}`);
    process.exit(78); // EX_CONFIG of sysexits.h
  }
}

/** Where the file is at fault and an older one is kept: how to get that back. */
function adviceOn({ faults }: EnvironmentError): string {
  const { path, dataDirectory } = loadConfigurationPlace();
  const isAtFault = path !== undefined && faults.some((fault) => fault.startsWith(path));
  if (!isAtFault || new KeptConfigurations(dataDirectory).list().length === 0) return '';
  return 'npm run config:rollback brings back the last configuration that worked.\n';
}

/**
 * Where the GATEWAY_CONFIG file is, and the folder with what is kept of it, for the command that brings an older one back:
 * the rest of the environment may be at fault, and so may the file.
 */
export function loadConfigurationPlace(): { path: string | undefined; dataDirectory: string } {
  const { GATEWAY_CONFIG: path, DATA_DIR: dataDirectory } = process.env;
  return { path: path?.trim() || undefined, dataDirectory: dataDirectory?.trim() || DEFAULT_DATA_DIRECTORY };
}

/** Names of all variables that are set and not empty; never a value. */
export function namesOfVariables(): string[] {
  return Object.keys(process.env).filter((name) => process.env[name]?.trim());
}
