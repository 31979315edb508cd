/** What a process says at /metrics. */
export class Metrics {
  private readonly lines: string[];

  constructor(readonly text: string) {
    this.lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** The sum of all series of a name that have these labels; 0: there are none. */
  sum(name: string, labels: Record<string, string> = {}): number {
    return this.series(name, labels).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  has(name: string, labels: Record<string, string> = {}): boolean {
    return this.series(name, labels).length > 0;
  }

  /** Every value that a label has anywhere. */
  valuesOf(label: string): string[] {
    const found = this.text.matchAll(new RegExp(`[{,]${label}="([^"]*)"`, 'g'));
    return [...new Set([...found].map(([, value]) => value!))].toSorted();
  }

  private series(name: string, labels: Record<string, string>): string[] {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return this.lines.filter((line) => /^[^{ ]+/.exec(line)![0] === name && pairs.every((pair) => hasPair(line, pair)));
  }
}

/** Asks a process for its metrics. @throws Error where it does not answer with them */
export async function readMetrics(url: string, opsToken?: string): Promise<Metrics> {
  const headers = opsToken === undefined ? {} : { authorization: `Bearer ${opsToken}` };
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/metrics answered with ${response.status}: ${text}`);
  return new Metrics(text);
}

function hasPair(line: string, pair: string): boolean {
  return line.includes(`{${pair}`) || line.includes(`,${pair}`);
}
