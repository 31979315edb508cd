import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
} from 'yaml';

/** A place in the file's tree: names of settings, and numbers of list items. */
export type SettingPath = readonly (string | number)[];

/** What references (*) may add up to, in settings: a few short lines can make billions of them. */
const MOST_REPEATED = 100_000;

/** A YAML text that knows where each of its settings stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly badReferences: string[] = [];
  /** How many settings the collections come to that are referred to, with what they refer to themselves. */
  private readonly sizes = new Map<unknown, number>();

  constructor(
    /** As faults name it. */
    readonly name: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, version: '1.2' });
    let repeated = 0;
    visit(this.document, {
      // A price is read as it is written, digit by digit: 0.1 must not pass through a binary fraction.
      Pair: (_, { key, value }) => {
        if (!isScalar(key) || key.value !== 'price' || !isMap(value)) return;
        for (const { value: amount } of value.items) {
          if (isScalar(amount) && typeof amount.value === 'number') amount.value = amount.source ?? amount.value;
        }
      },
      // The library would fail at these only when it makes plain values, and show what they say.
      Alias: (_, alias) => {
        const place = this.at(alias.range?.[0] ?? 0);
        if (this.isSound(alias)) {
          repeated += this.sizeOf(alias);
          if (repeated <= MOST_REPEATED) return undefined;
          const sum = `over ${MOST_REPEATED} settings, with those before it`;
          this.badReferences.push(`${place} begins with *, and what it refers to comes to ${sum}; use fewer of them`);
          return visit.BREAK;
        }
        this.badReferences.push(
          `${place} begins with *, which refers to an anchor (&) that is not there; put it into quotes`,
        );
        return undefined;
      },
    });
  }

  /** What YAML itself can't read; the text at fault, which the library puts behind a colon, may be a secret: it is not shown. */
  faults(): string[] {
    const errors = this.document.errors.map(({ message, pos }) => `${this.at(pos[0])} ${message.split(/[:\n]/)[0]}`);
    return [...errors, ...this.badReferences];
  }

  /** Whether a reference leads to something that does not hold the reference itself. */
  private isSound(alias: Alias): boolean {
    const target = alias.resolve(this.document);
    const [start = 0, end = 0] = target?.range ?? [];
    const at = alias.range?.[0] ?? 0;
    return target !== undefined && !(start <= at && at < end);
  }

  private sizeOf(node: unknown): number {
    if (isAlias(node)) return this.isSound(node) ? this.sizeOf(node.resolve(this.document)) : 1;
    if (!isCollection(node)) return 1;
    const known = this.sizes.get(node);
    if (known !== undefined) return known;
    const values = node.items.map((item) => (isPair(item) ? item.value : item));
    const size = values.reduce<number>((sum, value) => sum + this.sizeOf(value), 1);
    this.sizes.set(node, size);
    return size;
  }

  /** The whole as plain values; an empty file is an empty mapping. */
  toObject(): unknown {
    return (this.document.toJS({ maxAliasCount: -1 }) as unknown) ?? {}; // they were counted above
  }

  /** 'gateway.yaml:12:5 providers.groq.wire': where a setting stands; the nearest place above it where it is missing. */
  locate(path: SettingPath, isKey = false): string {
    return `${this.at(this.offsetOf(path, isKey))} ${pathText(path) || 'the file'}`;
  }

  /** '12:5': where a setting stands. */
  lineOf(path: SettingPath): string {
    return this.lineAt(this.offsetOf(path, true));
  }

  /** How far into the text that is, in characters. */
  offsetOf(path: SettingPath, isKey = false): number {
    let node: Node | null = this.document.contents;
    let offset = node?.range?.[0] ?? 0;
    for (const [depth, step] of path.entries()) {
      let next: unknown;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        const isLast = depth === path.length - 1;
        next = pair && (isLast && isKey ? pair.key : (pair.value ?? pair.key));
      } else if (isSeq(node)) {
        next = node.items[Number(step)];
      }
      if (!next) break;
      node = next as Node;
      offset = node.range?.[0] ?? offset;
    }
    return offset;
  }

  private at(offset: number): string {
    return `${this.name}:${this.lineAt(offset)}`;
  }

  private lineAt(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${line}:${col}`;
  }
}

/** 'models."gpt-*".fallbacks[0]' */
export function pathText(path: SettingPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = /^[\w-]+$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
