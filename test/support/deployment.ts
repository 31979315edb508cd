import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export const CHART = 'deploy/helm/smart-ai-hub-mcp-server';

/** Where a file of the checkout is. */
export const inCheckout = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A file of the checkout. */
export const textOf = (path: string) => readFileSync(inCheckout(path), 'utf8');

/** The variables of a file of `NAME=value` lines. */
export function environmentFile(path: string): Record<string, string> {
  const lines = textOf(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`${path}: '${line}' sets no variable`);
      return [name, value!];
    }),
  );
}

/** What the chart is installed with in an environment. */
export interface ChartValues {
  environment: Record<string, string>;
  gatewayConfig?: unknown;
  [name: string]: unknown;
}

/** A values file of the chart: the one of all environments where none is named. */
export function chartValues(environment?: EnvironmentName): ChartValues {
  const file = environment === undefined ? 'values.yaml' : `values-${environment}.yaml`;
  return parse(textOf(`${CHART}/${file}`)) as ChartValues;
}
