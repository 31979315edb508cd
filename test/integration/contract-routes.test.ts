import { readFileSync } from 'node:fs';
import { describeApi } from '../../src/application.js';
import { ERROR_CODES } from '../../src/common/errors/error-codes.js';
import { startTestApp, type TestApp } from '../support/app.js';

/** What clients, operators and other programs may rely on; a route that goes, or is called otherwise, breaks one of them. */
const CONTRACT = `
POST /api/mcp/ws-ticket
POST /api/mcp/sora2/generate
GET /api/mcp/sora2/status/{videoId}
POST /api/mcp/gpt/video-workflow
GET /api/mcp/gpt/video-workflow/{workflowId}
GET /api/mcp/videos
DELETE /api/mcp/videos/{videoId}
GET /media/{key}
GET /api/mcp/credits
GET /api/mcp/credits/entries
GET /api/mcp/usage
GET /api/mcp/requests/{id}
POST /api/mcp/estimate
GET /api/mcp/models
POST /api/mcp/admin/accounts/{userId}/grants
GET /api/mcp/admin/accounts/{userId}
PATCH /api/mcp/admin/accounts/{userId}/limits
POST /api/mcp/admin/accounts/{userId}/freeze
POST /api/mcp/admin/accounts/{userId}/unfreeze
GET /api/mcp/admin/providers
GET /api/mcp/admin/usage
GET /api/mcp/admin/audit
GET /api/mcp/admin/alerts
GET /api/mcp/admin/config
POST /api/mcp/admin/providers/{id}/breaker
DELETE /api/mcp/admin/users/{userId}/data
POST /v1/chat/completions
POST /v1/embeddings
GET /v1/models
POST /v1/messages
GET /health/live
GET /health/ready
GET /metrics`
  .trim()
  .split('\n');

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const documented = () =>
  Object.entries(describeApi(app.app).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

test('every route of the contract is in the OpenAPI document', () => {
  const known = new Set(documented());
  expect(CONTRACT.filter((route) => !known.has(route))).toEqual([]);
});

test.each(CONTRACT)('%s is answered by a route of its own', async (route) => {
  const [method, path] = route.split(' ') as [string, string];
  const answer = await fetch(app.url + path.replace(/\{\w+\}/, 'x'), { method });
  const isOpen = /^\/(health|metrics|media)/.test(path);
  expect(answer.status).toBe(isOpen ? (path.startsWith('/media') ? 403 : 200) : 401);
});

/** What docs/routes.md says once for all of them. */
const USUAL = ['UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL', 'UNAVAILABLE'];

test('docs/routes.md has every route, and the errors that each may answer beside the usual ones', () => {
  const known = Object.entries(describeApi(app.app).paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { responses: Record<string, { description: string }> }>).map(
      ([method, { responses }]) => {
        const errors = Object.values(responses).flatMap(({ description }) => description.split(', '));
        const told = errors.filter((code) => code in ERROR_CODES && !USUAL.includes(code));
        return `${method.toUpperCase()} ${path}: ${told.sort().join(' ')}`;
      },
    ),
  );
  const rows = readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8').matchAll(
    /^\| `([A-Z]+ \/\S+)` +\|[^|]*\|[^|]*\|([^|]*)\|$/gm,
  );
  const documentedRows = [...rows].map(([, route, errors]) => {
    const codes = [...errors!.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code);
    return `${route}: ${codes.sort().join(' ')}`;
  });
  expect(documentedRows.sort()).toEqual(known.sort());
});

test('/docs is there, and is no part of the document', async () => {
  expect(await fetch(`${app.url}/docs`)).toMatchObject({ status: 200 });
  expect(documented().filter((route) => route.includes('/docs'))).toEqual([]);
});
