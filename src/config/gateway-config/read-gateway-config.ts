import { similarName } from '../../common/nearest-name.js';
import { alertSettings } from './alert-settings.js';
import { referencesIn, resolveReferences, type EnvironmentSource } from './environment-references.js';
import type { GatewayConfig, ModelReference, ModelRule, ProviderSettings } from './gateway-config.js';
import { ModelPattern } from './model-pattern.js';
import { bySpecificity, modelReference } from './model-rules.js';
import { providerSettings, unusedKey, type EnvironmentProvider } from './provider-settings.js';
import { roleSettings } from './role-settings.js';
import { schemaFaults } from './schema-faults.js';
import { videoProvidersOf, type EnvironmentVideoProviders } from './video-providers.js';
import type { WrittenConfig, WrittenModel } from './written-config.js';
import { pathText, YamlSource, type SettingPath } from './yaml-source.js';

/** What the environment has to say about providers. */
export interface EnvironmentProviders {
  openai: EnvironmentProvider | undefined;
  claude: EnvironmentProvider | undefined;
  /** PROVIDER_PRIORITY; a provider that it does not name comes after those that it does. */
  priority: readonly string[];
  video: EnvironmentVideoProviders;
}

/** Everything that is wrong with the file, one line each, with its place. */
export class GatewayConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`GATEWAY_CONFIG can't be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'GatewayConfigError';
  }
}

/** What holds without a file: the environment's providers and the built-in rules. */
export function configWithoutFile(environment: EnvironmentProviders): GatewayConfig {
  return assemble({}, environment, noFault, { locate: pathText, written: nothing });
}

/**
 * Reads the file's text.
 * @param name of the file, as faults show it
 * @param source what `${NAME}` stands for
 * @throws GatewayConfigError naming every fault, with its line and column; no secret is shown
 */
export function readGatewayConfig(
  name: string,
  text: string,
  source: EnvironmentSource,
  environment: EnvironmentProviders,
): GatewayConfig {
  const yaml = new YamlSource(name, text);
  const unreadable = yaml.faults();
  if (unreadable.length > 0) throw new GatewayConfigError(unreadable);
  const faults: { offset: number; text: string }[] = [];
  const fault: Fault = (path, message, isName = false) =>
    void faults.push({ offset: yaml.offsetOf(path, isName), text: `${yaml.locate(path, isName)} ${message}` });
  const stopAtFaults = () => {
    const inOrder = [...faults].sort((a, b) => a.offset - b.offset);
    if (faults.length > 0) throw new GatewayConfigError(inOrder.map(({ text }) => text));
  };
  const written = yaml.toObject();
  const unresolved = new Set<string>();
  const resolved = resolveReferences(written, source, (path, message) => {
    unresolved.add(pathText(path));
    fault(path, message);
  });
  for (const { path, message, isName } of schemaFaults(resolved, written))
    if (!unresolved.has(pathText(path))) fault(path, message, isName);
  stopAtFaults();
  const config = assemble(resolved as WrittenConfig, environment, fault, {
    locate: (path) => yaml.locate(path),
    written: (path) => {
      const value = valueAt(path, written);
      return value === undefined ? undefined : { at: yaml.lineOf(path), variables: referencesIn(value) };
    },
  });
  stopAtFaults();
  return config;
}

/** Of the environment alone nothing can be wrong here: it was checked. */
const noFault = () => undefined;

/** Without a file nothing is written. */
const nothing = () => undefined;

type Fault = (path: SettingPath, message: string, isName?: boolean) => void;

function assemble(
  written: WrittenConfig,
  environment: EnvironmentProviders,
  fault: Fault,
  source: Pick<GatewayConfig, 'locate' | 'written'>,
): GatewayConfig {
  const providers = allProviders(written, environment, fault);
  const ids = new Set(providers.map(({ id }) => id));
  for (const id of environment.priority)
    if (!ids.has(id) && id !== 'openai' && id !== 'claude') fault([], unknownPriority(id, ids));
  const weights = Object.entries(written.routing?.weights ?? {});
  for (const [id] of weights) if (!ids.has(id)) fault(['routing', 'weights', id], unknownProvider(id, ids), true);
  return {
    providers,
    aliases: aliasesOf(written, ids, fault),
    models: bySpecificity(Object.entries(written.models ?? {}).map(([name, model]) => ruleOf(name, model, ids, fault))),
    roles: roleSettings(written.roles ?? {}, fault),
    strategy: written.routing?.strategy ?? 'priority',
    weights: new Map(weights),
    videoProviders: videoProvidersOf(written, environment.video, (path, message) =>
      fault(['videos', 'providers', ...path], message),
    ),
    alerts: alertSettings(written.alerts ?? {}, (path, message) => fault(['alerts', ...path], message)),
    warnings: providers.flatMap((provider) => unusedKey(provider, ofEnvironment(provider.id, environment)) ?? []),
    ...source,
  };
}

/** What a tree has at a path; undefined: nothing. */
function valueAt(path: SettingPath, tree: unknown): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    tree,
  );
}

function allProviders(written: WrittenConfig, environment: EnvironmentProviders, fault: Fault): ProviderSettings[] {
  const inFile = written.providers ?? {};
  const fromEnvironment = (['openai', 'claude'] as const).filter((id) => environment[id] && !Object.hasOwn(inFile, id));
  const providers = [...fromEnvironment, ...Object.keys(inFile)].map((id) =>
    providerSettings(id, inFile[id] ?? {}, ofEnvironment(id, environment), (path, message) =>
      fault(['providers', id, ...path], message),
    ),
  );
  const rank = ({ id }: ProviderSettings) => {
    const index = environment.priority.indexOf(id);
    return index < 0 ? Infinity : index;
  };
  return providers.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

function ofEnvironment(id: string, environment: EnvironmentProviders): EnvironmentProvider | undefined {
  return id === 'openai' || id === 'claude' ? environment[id] : undefined;
}

function aliasesOf({ aliases = {} }: WrittenConfig, ids: ReadonlySet<string>, fault: Fault): GatewayConfig['aliases'] {
  return new Map(
    Object.entries(aliases).map(([alias, targets]) => {
      const references = [targets].flat().map((text) => modelReference(text, ids));
      if (references.some(({ model }) => model !== alias && Object.hasOwn(aliases, model)))
        fault(['aliases', alias], 'names another alias; allowed: models');
      return [alias, references];
    }),
  );
}

function ruleOf(name: string, written: WrittenModel, ids: ReadonlySet<string>, fault: Fault): ModelRule {
  const { providerId, model } = modelReference(name, ids);
  const { fallbacks, contextFallbacks, contentFilterFallbacks, ...settings } = written;
  const chains = { fallbacks, contextFallbacks, contentFilterFallbacks };
  const given = Object.entries(chains).filter(([, chain]) => chain !== undefined) as [string, string[]][];
  if (providerId !== undefined) {
    for (const [setting] of given)
      fault(
        ['models', name, setting],
        `holds for a model wherever it is; allowed: under '${model}', without the provider`,
        true,
      );
  }
  return {
    ...settings,
    ...Object.fromEntries(given.map(([setting, chain]) => [setting, referencesOf(chain, ids)])),
    name,
    ...(providerId === undefined ? {} : { providerId }),
    pattern: new ModelPattern(model),
  };
}

function referencesOf(chain: readonly string[], ids: ReadonlySet<string>): ModelReference[] {
  return chain.map((text) => modelReference(text, ids));
}

function unknownProvider(id: string, ids: ReadonlySet<string>): string {
  const similar = similarName(id, [...ids]);
  return `is no provider here; ${similar === undefined ? `there are: ${[...ids].join(', ')}` : `did you mean ${similar}?`}`;
}

function unknownPriority(id: string, ids: ReadonlySet<string>): string {
  return `lacks '${id}', which PROVIDER_PRIORITY names; there are: ${[...ids].join(', ')}`;
}
