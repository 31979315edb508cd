import { VARIABLES, type VariableName } from '../environment-variables.js';
import { parseEnvironment, type Environment } from '../environment.js';
import { masked, maskedAddress, type Fingerprint, type Shown } from './masked.js';
import { VARIABLE_DISCLOSURES } from './variable-disclosures.js';

/**
 * Where a variable's value comes from. default: what holds where nothing is set; derived: something else, by other
 * variables; generated: a secret that was made for development; unset: there is none.
 */
export const VARIABLE_SOURCES = ['given', 'default', 'derived', 'generated', 'unset'] as const;

export interface EffectiveVariable {
  name: VariableName;
  /** null: there is none, or it is generated. */
  value: Shown;
  source: (typeof VARIABLE_SOURCES)[number];
}

/** Every variable as it is in force, with secrets masked. */
export function effectiveVariables(environment: Environment, fingerprint: Fingerprint): EffectiveVariable[] {
  const untouched = parseEnvironment({});
  return (Object.keys(VARIABLES) as VariableName[]).map((name) => {
    const { as, otherwise, isGenerated } = VARIABLE_DISCLOSURES[name];
    const given: unknown = environment.given.read(name);
    if (given !== undefined) {
      if (as === 'secret') return { name, value: masked(given, fingerprint), source: 'given' };
      if (as === 'address') return { name, value: maskedAddress(given as string, fingerprint), source: 'given' };
      return { name, value: shown(given), source: 'given' };
    }
    const value = shown(otherwise?.(environment));
    if (value === null) return { name, value, source: isGenerated?.(environment) ? 'generated' : 'unset' };
    const isUsual = JSON.stringify(value) === JSON.stringify(shown(otherwise?.(untouched)));
    return { name, value, source: isUsual ? 'default' : 'derived' };
  });
}

/** JSON has no infinity. */
function shown(value: unknown): Shown {
  if (value === Infinity) return 'unlimited';
  return value === undefined ? null : (value as Shown);
}
