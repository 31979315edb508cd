import {
  inOrder,
  type VideoModelSettings,
  type VideoProviderSettings,
  type VideoWire,
} from '../video-provider-settings.js';
import type { ProviderFault } from './provider-settings.js';
import type { WrittenConfig, WrittenVideoProvider } from './written-config.js';

/** What the environment says of video providers. */
export interface EnvironmentVideoProviders {
  providers: readonly VideoProviderSettings[];
  /** VIDEO_PRIORITY; a provider that it does not name comes after those that it does. */
  priority: readonly string[];
  /** There is something that links to videos can be signed with. */
  hasMediaSecret: boolean;
}

/** The providers that need not say what they speak, and where the environment has their keys. */
const BUILT_IN: Readonly<Record<string, { wire: VideoWire; keyVariable: string }>> = {
  sora: { wire: 'sora', keyVariable: 'SORA_API_KEY' },
  runway: { wire: 'runway', keyVariable: 'RUNWAYML_API_SECRET' },
};

/**
 * The video providers of the environment and of the file, in the order of preference.
 * @param fault is told of everything that keeps one from being used, by its path below `videos.providers`
 */
export function videoProvidersOf(
  { videos }: WrittenConfig,
  environment: EnvironmentVideoProviders,
  fault: ProviderFault,
): VideoProviderSettings[] {
  const written = Object.entries(videos?.providers ?? {});
  const inFile = new Set(written.map(([id]) => id));
  const ofEnvironment = environment.providers.filter(({ id }) => !inFile.has(id));
  const ofFile = written.map(([id, each]) => {
    const known = environment.providers.find((provider) => provider.id === id);
    return videoProvider(id, each, known, (path, message) => fault([id, ...path], message));
  });
  if (written.length > 0 && !environment.hasMediaSecret)
    fault([], 'need MEDIA_SECRET, which is generated only without a DATABASE_URL and outside production');
  const providers = [...ofEnvironment, ...ofFile];
  const ids = providers.map(({ id }) => id);
  for (const id of environment.priority)
    if (!ids.includes(id) && !Object.hasOwn(BUILT_IN, id))
      fault([], `lacks '${id}', which VIDEO_PRIORITY names; there are: ${ids.join(', ')}`);
  return inOrder(providers, environment.priority);
}

/** What the file leaves out is as the environment has it. */
function videoProvider(
  id: string,
  { models: writtenModels, ...written }: WrittenVideoProvider,
  environment: VideoProviderSettings | undefined,
  fault: ProviderFault,
): VideoProviderSettings {
  const wire = written.wire ?? (Object.hasOwn(BUILT_IN, id) ? BUILT_IN[id]!.wire : undefined);
  if (!wire) fault(['wire'], 'is missing; allowed: sora, runway');
  const known = environment?.wire === wire ? environment : undefined;
  const models =
    writtenModels && Object.entries(writtenModels).map(([name, model]): VideoModelSettings => ({ ...model, name }));
  const provider = { ...known, ...written, ...(models ? { models } : {}), id, wire: wire ?? 'sora' };
  if (wire) for (const [setting, message] of faultsOf(provider)) fault([setting], message);
  return provider;
}

/** Runway's own address wants a key; any other server has to say where it is. */
function faultsOf({ id, wire, baseUrl, apiKey, dialect }: VideoProviderSettings): [setting: string, message: string][] {
  const faults: [string, string][] = [];
  if (wire === 'sora' && baseUrl === undefined)
    faults.push(['baseUrl', 'is missing; the wire runway alone has an address']);
  if (wire === 'runway' && apiKey === undefined) {
    const variable = id === 'runway' ? ` or as ${BUILT_IN.runway!.keyVariable}` : '';
    faults.push(['apiKey', `is missing; give it here${variable}`]);
  }
  if (wire === 'runway' && dialect !== undefined) faults.push(['dialect', 'holds for the wire sora; leave it out']);
  return faults;
}
