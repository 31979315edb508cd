import { JwtService } from '@nestjs/jwt';
import type { Capability } from '../../src/auth/capabilities.js';
import { rightsOf } from '../../src/auth/role-rights.js';
import { roleSettings } from '../../src/config/gateway-config/role-settings.js';

const BUILT_IN = roleSettings({}, () => undefined);

export const TEST_SECRET = 'a secret of more than thirty-two bytes';
/** What all processes of one DATABASE_URL must have alike. */
export const SHARED_SECRETS = { AUDIT_SECRET: TEST_SECRET, MEDIA_SECRET: TEST_SECRET };
/** As ENCRYPTION_KEYS has it. */
export const TEST_ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** A token that a gateway with TEST_SECRET accepts. @param jti its id; undefined: it has none */
export function signToken(sub: string, roles: readonly string[] = ['user'], jti?: string): string {
  return new JwtService({ secret: TEST_SECRET }).sign(
    { sub, roles, ...(jti === undefined ? {} : { jti }) },
    { expiresIn: 600 },
  );
}

/** What roles allow where no configuration says anything of them. */
export function capabilitiesOf(roles: readonly string[]): ReadonlySet<Capability> {
  return rightsOf(roles, BUILT_IN).capabilities;
}
