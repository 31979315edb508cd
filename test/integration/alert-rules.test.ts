import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { ALERT_NAMES, ALERT_RULES, type AlertRule } from '../../src/config/gateway-config/alert-rules.js';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(file(path), 'utf8');

interface PrometheusRule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: { severity: string };
  annotations?: { summary: string; runbook_url: string };
}

const RULES = 'deploy/prometheus/rules.yaml';
const all = (parse(read(RULES)) as { groups: { rules: PrometheusRule[] }[] }).groups.flatMap(({ rules }) => rules);
const alerts = new Map(all.flatMap((rule) => (rule.alert === undefined ? [] : [[rule.alert, rule] as const])));
/** What only somebody outside can see. */
const FROM_OUTSIDE = ['MetricsAbsent', 'FiguresStale'];

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };
const milliseconds = (text: string) => Number.parseFloat(text) * UNITS[text.at(-1)!]!;
/** Windows, of those written out and those in the names of recorded sums. */
const windowsOf = (expr: string) =>
  [...expr.matchAll(/\[(\d+[smh])\]|ratio(\d+[smh])/g)].map(([, one, other]) => milliseconds((one ?? other)!));

/** The threshold as the expression has it: times in seconds, burn rates as the share that they allow. */
function thresholdOf(name: string, { threshold }: AlertRule): string {
  if (['ResponsesSlow', 'TrailUnsealed', 'TrailUnverified'].includes(name)) return `> ${threshold / 1_000}\n`;
  return name.startsWith('Availability') ? `> ${threshold} * 0.001\n` : `> ${threshold}\n`;
}

describe('deploy/prometheus/rules.yaml', () => {
  it('has the alerts of the table, and two from outside', () => {
    expect([...alerts.keys()]).toEqual([...ALERT_NAMES, ...FROM_OUTSIDE]);
  });

  it.each(ALERT_NAMES)('says of %s what the table says', (name) => {
    const rule: AlertRule = ALERT_RULES[name];
    const { expr, labels, annotations, ...written } = alerts.get(name)!;
    expect(labels!.severity).toBe(rule.severity);
    expect(`${expr.trim()}\n`.replaceAll(/ *\n/g, '\n')).toContain(thresholdOf(name, rule));
    if (rule.minimumVolume > 0) expect(expr.trim()).toMatch(new RegExp(`>= ${rule.minimumVolume}$`));
    expect(milliseconds(written.for ?? '0s')).toBe(rule.forMs);
    if (windowsOf(expr).length > 0) expect(Math.max(...windowsOf(expr))).toBe(rule.windowMs);
    if (name.startsWith('Availability')) expect(Math.min(...windowsOf(expr))).toBe(rule.windowMs / 12);
    expect(annotations!.runbook_url).toBe(`docs/runbooks.md#${name.toLowerCase()}`);
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  // Said in the test's name, so that nobody takes it for done where it is not; .ci/run installs it.
  (hasPromtool ? it : it.skip)('is what promtool takes, and does what its tests expect (promtool)', () => {
    expect(execFileSync('promtool', ['check', 'rules', file(RULES)], { encoding: 'utf8' })).toContain('SUCCESS');
    expect(
      execFileSync('promtool', ['test', 'rules', file('deploy/prometheus/rules.test.yaml')], { encoding: 'utf8' }),
    ).toContain('SUCCESS');
  });
});

/** The metrics that an expression names; what our own rules record is none. */
function metricsIn(expr: string): string[] {
  return [...expr.matchAll(/\b(?:mcp|gen_ai|nodejs|process)_\w+/g)]
    .map(([name]) => name)
    .filter((name) => !LABELS.has(name));
}
const LABELS = new Set(['gen_ai_provider_name', 'gen_ai_request_model']);
const documented = new Set([...read('docs/metrics.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!));
const isKnown = (name: string) =>
  documented.has(name) || documented.has(name.replace(/_(bucket|count|sum)$/, '')) || /^(nodejs|process)_/.test(name);

describe('what is read of /metrics', () => {
  it('is there: every metric of the Prometheus rules', () => {
    expect(all.flatMap(({ expr }) => metricsIn(expr)).filter((name) => !isKnown(name))).toEqual([]);
  });

  it('is there: every metric of the Grafana dashboard', () => {
    const { panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(30);
    expect(expressions.flatMap(metricsIn).filter((name) => !isKnown(name))).toEqual([]);
  });

  it('is there: every metric of the runbooks', () => {
    expect(metricsIn(read('docs/runbooks.md')).filter((name) => !isKnown(name))).toEqual([]);
  });
});

describe('docs/runbooks.md', () => {
  const sections = new Map(
    read('docs/runbooks.md')
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0]!, section]),
  );

  it('has a section for every alert, and none for others', () => {
    expect([...sections.keys()].sort()).toEqual([...ALERT_NAMES, ...FROM_OUTSIDE].sort());
  });

  it.each([...ALERT_NAMES, ...FROM_OUTSIDE])(
    'says of %s what it means, what is seen, where to look, what to do and when it is over',
    (name) => {
      for (const part of ['Means.', 'Users see', 'First look', 'hat to do', 'Escalate', 'Is over'])
        expect(sections.get(name)).toContain(part);
    },
  );
});

describe('docs/alerts.md', () => {
  it('has the table that programs have', () => {
    const rows = [...read('docs/alerts.md').matchAll(/^\| `(\w+)` +\| (\w+)/gm)].map(([, name, severity]) => [
      name,
      severity,
    ]);
    expect(rows).toEqual(ALERT_NAMES.map((name) => [name, ALERT_RULES[name].severity]));
  });
});

describe('docs/operations.md', () => {
  it('leads from every alert of the rules to its runbook', () => {
    const rows = [...read('docs/operations.md').matchAll(/^\| `(\w+)` +\| \[[^\]]+\]\((\S+)\) +\|$/gm)];
    expect(rows.map(([, name, link]) => [name, link])).toEqual(
      [...alerts].map(([name, { annotations }]) => [name, annotations!.runbook_url.replace('docs/', '')]),
    );
    expect(rows.map(([, name]) => name)).toEqual([...ALERT_NAMES, ...FROM_OUTSIDE]);
  });
});
