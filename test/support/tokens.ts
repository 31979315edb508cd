import { JwtService } from '@nestjs/jwt';

export const TEST_SECRET = 'a secret of more than thirty-two bytes';

/** A token that a gateway with TEST_SECRET accepts. */
export function signToken(sub: string, roles: readonly string[] = ['user']): string {
  return new JwtService({ secret: TEST_SECRET }).sign({ sub, roles }, { expiresIn: 600 });
}
