import { jest } from './jest-globals.js';

/** Where jest-circus keeps what it knows of a test file: symbols of the global object, by their descriptions. */
const CIRCUS = new Set(['JEST_STATE_SYMBOL', 'EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL']);

/**
 * A Jest environment that is Node itself: tests run in the worker's own context, not in one made for each file, so that
 * the modules of one file serve the next (native-runtime.js). The next one finds the environment variables, the clock
 * and the globals as this one found them.
 */
export default class NativeEnvironment {
  global = globalThis;

  constructor() {
    this.variables = { ...process.env };
    this.console = globalThis.console;
    this.exit = process.exit;
    this.prepareStackTrace = Error.prepareStackTrace;
  }

  setup() {
    // Jest has put its own in place, which knows the source maps of its own transforms alone; Node knows all.
    Error.prepareStackTrace = this.prepareStackTrace;
  }

  teardown() {
    jest.useRealTimers();
    jest.restoreAllMocks();
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
      if (CIRCUS.has(symbol.description)) delete globalThis[symbol];
    globalThis.console = this.console;
    process.exit = this.exit;
  }

  /** Jest wants it to be there. */
  getVmContext() {
    return null;
  }
}
