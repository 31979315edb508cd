import { MOST_FAULTS, unknownField, type FieldFault } from '../../common/errors/field-faults.js';

/** What is wrong with a frame, as far as it was looked at. */
export class Faults {
  readonly list: FieldFault[] = [];

  get isFull(): boolean {
    return this.list.length >= MOST_FAULTS;
  }

  /** @param rule what the field must be, as the rest of a sentence that begins with it */
  add(field: string, rule: string): void {
    if (!this.isFull) this.list.push({ field, message: `${field} ${rule}` });
  }

  addAll(faults: readonly FieldFault[]): void {
    this.list.push(...faults.slice(0, Math.max(0, MOST_FAULTS - this.list.length)));
  }

  /** A field that nothing is known of; its name is the client's. */
  addUnknown(path: string, name: string, known: readonly string[]): void {
    if (!this.isFull)
      this.list.push({ field: pathOf(path, name), message: unknownField(name, known, pathOf(path, name)) });
  }
}

/** Reads the fields of one object of a frame by what each must be. Null stands for absent. */
export class FieldReader {
  /** @param known every field that the object may have; the others are faults */
  constructor(
    private readonly value: Record<string, unknown>,
    readonly path: string,
    private readonly faults: Faults,
    known: readonly string[],
  ) {
    for (const name of Object.keys(value)) {
      if (faults.isFull) break;
      if (!known.includes(name)) faults.addUnknown(path, name, known);
    }
  }

  pathOf(name: string): string {
    return pathOf(this.path, name);
  }

  /** The field as it is; undefined where it is absent. */
  given(name: string): unknown {
    return this.value[name] ?? undefined;
  }

  fault(name: string, rule: string): undefined {
    this.faults.add(this.pathOf(name), rule);
    return undefined;
  }

  /** @returns undefined where it is absent, or faulty */
  text(name: string, rule = 'must be a string', isFit: (text: string) => boolean = () => true): string | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' && isFit(value) ? value : this.fault(name, rule);
  }

  /** The same; absent, it is faulty, and '' is given in its place. */
  neededText(name: string, rule = 'must be a string', isFit?: (text: string) => boolean): string {
    if (this.given(name) === undefined) this.fault(name, rule);
    return this.text(name, rule, isFit) ?? '';
  }

  flag(name: string): boolean | undefined {
    const value = this.given(name);
    return value === undefined || typeof value === 'boolean' ? value : this.fault(name, 'must be true or false');
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.given(name);
    if (value === undefined) return undefined;
    return allowed.find((each) => each === value) ?? this.fault(name, `must be ${alternatives(allowed)}`);
  }
}

/** 'a', 'b' or 'c' */
export function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without the fields that are undefined: what is absent is not there. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  for (const name of Object.keys(value) as (keyof T)[]) if (value[name] === undefined) delete value[name];
  return value as { [K in keyof T]: Exclude<T[K], undefined> };
}

function pathOf(path: string, name: string): string {
  return path === '' ? name.slice(0, 100) : `${path}.${name.slice(0, 100)}`;
}
