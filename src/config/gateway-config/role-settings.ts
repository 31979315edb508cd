import { ModelPattern } from './model-pattern.js';
import type { WrittenRole } from './written-config.js';
import type { SettingPath } from './yaml-source.js';

/** What a role may allow; docs/protocol.md, "Identity". */
export const ROLE_CAPABILITIES = ['chat', 'embedding', 'video', 'usage', 'admin'] as const;
export type RoleCapability = (typeof ROLE_CAPABILITIES)[number];

/** What each known role allows where the file says nothing of it. */
export const BUILT_IN_ROLES: Readonly<Record<string, readonly RoleCapability[]>> = {
  user: ['chat', 'embedding', 'video', 'usage'],
  service: ['chat', 'embedding', 'video', 'usage'],
  admin: ROLE_CAPABILITIES,
};

/** How much one user of a role may use; what is absent is not limited. Credits are micro-credits. */
export interface RoleLimits {
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  /** Over all nodes together. */
  concurrentStreams?: number;
  /** A day of UTC. */
  creditsPerDay?: number;
  creditsPerMonth?: number;
  videosPerDay?: number;
}

/** What a role allows. */
export interface RoleSettings {
  capabilities: readonly RoleCapability[];
  /** Of a capability that is here only these models; of one that is not, every model. */
  models: Readonly<Partial<Record<RoleCapability, readonly ModelPattern[]>>>;
  limits: RoleLimits;
}

/** The capabilities that are about models. */
const ABOUT_MODELS = ['chat', 'embedding', 'video'] as const;
const MICRO_CREDITS = 1_000_000;

/** Every role: those that are built in, as the file changes them, and those of the file. */
export function roleSettings(
  written: Readonly<Record<string, WrittenRole>>,
  fault: (path: SettingPath, message: string) => void,
): ReadonlyMap<string, RoleSettings> {
  const names = new Set([...Object.keys(BUILT_IN_ROLES), ...Object.keys(written)]);
  return new Map(
    [...names].map((name) => {
      const { capabilities, models, limits = {} } = written[name] ?? {};
      const builtIn = Object.hasOwn(BUILT_IN_ROLES, name) ? BUILT_IN_ROLES[name] : undefined;
      if (!capabilities && !builtIn)
        fault(['roles', name], `lacks 'capabilities'; allowed: a list of ${ROLE_CAPABILITIES.join(', ')}`);
      return [name, { capabilities: capabilities ?? builtIn ?? [], models: patternsOf(models), limits: micro(limits) }];
    }),
  );
}

function patternsOf(models: WrittenRole['models'] = {}): RoleSettings['models'] {
  const byOperation = Array.isArray(models)
    ? Object.fromEntries(ABOUT_MODELS.map((operation) => [operation, models]))
    : models;
  return Object.fromEntries(
    Object.entries(byOperation).map(([operation, patterns]) => [
      operation,
      patterns.map((pattern) => new ModelPattern(pattern)),
    ]),
  );
}

/** Credits as micro-credits; the schema lets no more through than is exact in a double. */
function micro(limits: RoleLimits): RoleLimits {
  const { creditsPerDay, creditsPerMonth } = limits;
  return {
    ...limits,
    ...(creditsPerDay === undefined ? {} : { creditsPerDay: Math.round(creditsPerDay * MICRO_CREDITS) }),
    ...(creditsPerMonth === undefined ? {} : { creditsPerMonth: Math.round(creditsPerMonth * MICRO_CREDITS) }),
  };
}
