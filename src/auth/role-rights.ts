import type { RoleLimits, RoleSettings } from '../config/gateway-config/role-settings.js';
import { GatewayError } from '../common/errors/gateway-error.js';
import { CAPABILITIES, type Capability } from './capabilities.js';

/** What the roles of an identity allow, taken together. */
export interface Rights {
  readonly capabilities: ReadonlySet<Capability>;
  /** Nothing is said of models: every one may be used. */
  readonly isAnyModel: boolean;
  /** Whether a role that gives the capability gives it for this model. */
  mayUse: (capability: Capability, model: string) => boolean;
  /** JSON text of the limits, as the ledger takes it; absent: there are none. */
  readonly limits?: string;
}

/** For what was accepted before roles were kept with it. */
export const EVERY_RIGHT: Rights = { capabilities: new Set(CAPABILITIES), isAnyModel: true, mayUse: () => true };

type Roles = ReadonlyMap<string, RoleSettings>;

/** The rights of some roles. A role that is not in the table gives nothing. */
export function rightsOf(names: readonly string[], table: Roles): Rights {
  const roles = [...new Set(names)].flatMap((name) => table.get(name) ?? []);
  const limits = limitsOf(roles);
  return {
    capabilities: new Set(roles.flatMap(({ capabilities }) => capabilities)),
    isAnyModel: roles.every(({ models }) => Object.keys(models).length === 0),
    mayUse: (capability, model) => roles.some((role) => allows(role, capability, model)),
    ...(limits === undefined ? {} : { limits }),
  };
}

/** @throws GatewayError FORBIDDEN: the roles allow the operation, but not with this model */
export function modelForbidden(model: string): GatewayError {
  return new GatewayError(
    'FORBIDDEN',
    'None of your roles may use this model; GET /api/mcp/models lists those that you may.',
    { details: { model } },
  );
}

function allows({ capabilities, models }: RoleSettings, capability: Capability, model: string): boolean {
  if (!capabilities.includes(capability)) return false;
  return models[capability]?.some((pattern) => pattern.matches(model)) ?? true;
}

/** Of each limit the most generous; one that a role does not have does not hold. Roles that use nothing don't count. */
function limitsOf(roles: readonly RoleSettings[]): string | undefined {
  const users = roles.filter(({ capabilities }) => capabilities.some(isUse));
  const names = new Set(users.flatMap(({ limits }) => Object.keys(limits) as (keyof RoleLimits)[]));
  const merged = [...names].flatMap((name) => {
    const values = users.map(({ limits }) => limits[name] ?? Infinity);
    const most = Math.max(...values);
    return most === Infinity ? [] : [[name, most] as const];
  });
  return merged.length === 0 ? undefined : JSON.stringify(Object.fromEntries(merged));
}

function isUse(capability: Capability): boolean {
  return capability === 'chat' || capability === 'embedding' || capability === 'video';
}
