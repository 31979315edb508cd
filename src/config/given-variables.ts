import type { ParsedVariables, VariableName } from './environment-variables.js';

/** Which variables were set, for whoever shows the configuration. Their values, secrets among them, are in no dump of it. */
export class GivenVariables {
  readonly #parsed: ParsedVariables;

  constructor(parsed: ParsedVariables) {
    this.#parsed = parsed;
  }

  /** As it was parsed; undefined: it was not set. */
  read<Name extends VariableName>(name: Name): ParsedVariables[Name] {
    return this.#parsed[name];
  }
}
