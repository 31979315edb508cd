import { type Alias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';

/** A place in the file's tree: names of settings, and numbers of list items. */
export type SettingPath = readonly (string | number)[];

/** A YAML text that knows where each of its settings stands. */
export class YamlSource {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly badReferences: string[] = [];

  constructor(
    /** As faults name it. */
    readonly name: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, version: '1.2' });
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
        if (this.isSound(alias)) return;
        const place = this.at(alias.range?.[0] ?? 0);
        this.badReferences.push(
          `${place} begins with *, which refers to an anchor (&) that is not there; put it into quotes`,
        );
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

  /** The whole as plain values; an empty file is an empty mapping. */
  toObject(): unknown {
    return (this.document.toJS() as unknown) ?? {};
  }

  /** 'gateway.yaml:12:5 providers.groq.wire': where a setting stands; the nearest place above it where it is missing. */
  locate(path: SettingPath, isKey = false): string {
    return `${this.at(this.offsetOf(path, isKey))} ${pathText(path) || 'the file'}`;
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
    const { line, col } = this.lines.linePos(offset);
    return `${this.name}:${line}:${col}`;
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
