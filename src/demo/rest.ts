import type { Stage } from './stage.js';
import { promise } from './voice.js';

type Gateway = Pick<Stage, 'url' | 'token'>;

/** @throws Error where the route does not answer as it should */
export function getJson<T>(gateway: Gateway, path: string): Promise<T> {
  return ask<T>(gateway, 'GET', path);
}

/** @throws Error where the route does not answer as it should */
export function postJson<T>(gateway: Gateway, path: string, body: object): Promise<T> {
  return ask<T>(gateway, 'POST', path, JSON.stringify(body));
}

async function ask<T>({ url, token }: Gateway, method: string, path: string, body?: string): Promise<T> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  promise(answer.ok, `${method} ${path} answers (it did, with ${answer.status})`);
  return (await answer.json()) as T;
}
