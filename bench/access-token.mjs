import { createHmac } from 'node:crypto';

const LIFETIME_SECONDS = 3_600;

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An HS256 token of an ordinary user. */
export function accessToken(secret, userId) {
  const exp = Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS;
  const content = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub: userId, roles: ['user'], exp })}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
