import { Ajv } from 'ajv';
import { readdirSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { VARIABLES } from '../../src/config/environment-variables.js';
import {
  CHART,
  chartValues,
  ENVIRONMENTS,
  environmentFile,
  inCheckout,
  textOf,
  type ChartValues,
} from '../support/deployment.js';

/** As Helm lays one values file over another: mappings are merged, anything else is replaced. */
function laidOver(below: unknown, above: unknown): unknown {
  if (!isMapping(below) || !isMapping(above)) return above;
  const merged = { ...below };
  for (const [name, value] of Object.entries(above)) merged[name] = laidOver(below[name], value);
  return merged;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('the files of the environments', () => {
  describe.each(ENVIRONMENTS)('%s', (name) => {
    it('says the same to Helm as to whoever reads its files', () => {
      const values = laidOver(chartValues(), chartValues(name)) as ChartValues;
      expect(environmentFile(`deploy/environments/${name}/gateway.env`)).toEqual(values.environment);
      expect(parse(textOf(`deploy/environments/${name}/gateway.yaml`))).toEqual(values.gatewayConfig);
    });

    it('sets variables that there are, and no secret', () => {
      const names = Object.keys(environmentFile(`deploy/environments/${name}/gateway.env`));
      expect(names.filter((variable) => !(variable in VARIABLES))).toEqual([]);
      expect(names.filter((variable) => /KEY|SECRET|TOKEN|DATABASE_URL|REDIS_URL/.test(variable))).toEqual([]);
    });

    it("fits the chart's schema", () => {
      const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
        JSON.parse(textOf(`${CHART}/values.schema.json`)),
      );
      validate(laidOver(chartValues(), chartValues(name)));
      expect(validate.errors).toBeNull();
    });
  });

  it.each([
    ['a secret among the variables', { environment: { OPENAI_API_KEY: 'sk-1' } }],
    ['a variable that is the chart’s own', { environment: { DRAIN_MS: '1' } }],
    ['the port of the metrics, which the chart names itself', { environment: { METRICS_PORT: '1' } }],
    ['a number where text must be', { environment: { SIGNUP_CREDITS: 500 } }],
    ['a name that there is not', { gatewya: {} }],
    ['no worker at all', { worker: { replicas: 0 } }],
  ])("the chart's schema refuses %s", (_, wrong) => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(textOf(`${CHART}/values.schema.json`)));
    expect(validate(laidOver(chartValues(), wrong))).toBe(false);
  });
});

interface ComposeService {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  read_only?: boolean;
  healthcheck?: { test?: string[] };
}

describe('compose.yaml', () => {
  const file = parse(textOf('compose.yaml'), { merge: true }) as {
    services: Record<string, ComposeService>;
    volumes: Record<string, unknown>;
  };
  const { services } = file;

  it('has two gateways, a worker, a job that migrates before them, PostgreSQL, and a Redis that keeps its jobs', () => {
    expect(Object.keys(services).sort()).toEqual(
      ['gateway-1', 'gateway-2', 'migration', 'postgres', 'redis', 'worker'].sort(),
    );
    for (const name of ['gateway-1', 'gateway-2', 'worker']) {
      expect(services[name]!.depends_on).toMatchObject({ migration: { condition: 'service_completed_successfully' } });
      expect(services[name]!.volumes).toContain('media:/data/media');
      expect(services[name]!.volumes).toContain('data:/data');
      expect(services[name]!.read_only).toBe(true);
    }
    expect(services.redis!.command!.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  it('names no volume and no service that it does not have', () => {
    const volumes = Object.values(services).flatMap((service) => service.volumes ?? []);
    const named = volumes.map((volume) => volume.split(':')[0]!).filter((volume) => !volume.startsWith('.'));
    expect(named.filter((name) => !(name in file.volumes))).toEqual([]);
    const awaited = Object.values(services).flatMap((service) => Object.keys(service.depends_on ?? {}));
    expect(awaited.filter((name) => !(name in services))).toEqual([]);
  });

  it('mounts a configuration that there is in each environment, where GATEWAY_CONFIG looks for it', () => {
    const { environment, volumes } = services['worker']!;
    const mount = volumes!.find((volume) => volume.startsWith('./'))!;
    const [, folder, target] = /^\.\/(.*\/)\$\{NODE_ENV:-production\}:(.*):ro$/.exec(mount)!;
    expect(environment!.GATEWAY_CONFIG).toBe(`${target}/gateway.yaml`);
    for (const name of ENVIRONMENTS) expect(textOf(`${folder}${name}/gateway.yaml`)).not.toBe('');
  });

  it('asks the worker for its health on the port that it serves it on', () => {
    const { healthcheck, environment } = services['worker']!;
    expect(healthcheck!.test!.at(-1)).toBe(`http://127.0.0.1:${environment!.METRICS_PORT}`);
  });

  it('sets variables that there are', () => {
    const names = Object.keys(services['gateway-1']!.environment!);
    expect(names.filter((name) => !(name in VARIABLES))).toEqual([]);
  });

  it('runs programs that the build makes', () => {
    const programs = Object.values(services).flatMap(({ command }) => command ?? []);
    const sources = programs.filter((part) => part.startsWith('dist/')).map((part) => part.replace('dist', 'src'));
    expect(sources.length).toBeGreaterThan(1);
    for (const source of sources) expect(textOf(source.replace(/js$/, 'ts'))).not.toBe('');
  });
});

describe("the chart's files", () => {
  it('are YAML where they are no templates', () => {
    const plain = readdirSync(inCheckout(CHART)).filter((name) => /\.ya?ml$/.test(name));
    expect(plain).toContain('Chart.yaml');
    for (const name of plain)
      for (const { errors, warnings } of parseAllDocuments(textOf(`${CHART}/${name}`)) as {
        errors: Error[];
        warnings: Error[];
      }[])
        expect([...errors, ...warnings]).toEqual([]);
  });

  it('start programs that the build makes, and scripts that the image has', () => {
    const templates = readdirSync(inCheckout(`${CHART}/templates`)).map((name) => `${CHART}/templates/${name}`);
    const text = templates
      .filter((path) => path.endsWith('.yaml'))
      .map(textOf)
      .join('\n');
    const programs = [...text.matchAll(/dist\/([\w/-]+)\.js/g)].map(([, program]) => program!);
    expect(programs).toEqual(expect.arrayContaining(['worker', 'cli/migrate']));
    for (const program of programs) expect(textOf(`src/${program}.ts`)).not.toBe('');
    expect(text).toContain('scripts/health-check.mjs');
    const worker = textOf(`${CHART}/templates/worker.yaml`);
    expect(worker).toMatch(/startupProbe:\n[^]*livenessProbe:\n.*live, 'http:\/\/127.0.0.1:9464'/);
    expect(textOf('Dockerfile')).toContain('COPY scripts/health-check.mjs scripts/');
  });
});
