import { readFile } from 'node:fs/promises';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeApplication } from '../../src/cli/describe-application.js';
import { startTestApp } from '../support/app.js';
import { RestClient } from '../support/rest-client.js';

interface Operation {
  summary?: string;
  security?: Record<string, string[]>[];
  requestBody?: object;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

const isMedia = (name: string) => name.includes(' /media/');

let text: string;
let document: OpenAPIObject;
let operations: [string, Operation][];
beforeAll(async () => {
  text = await describeApplication();
  document = JSON.parse(text) as OpenAPIObject;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
});

test('contracts/api-spec.json is up to date (npm run openapi writes it)', async () => {
  expect(text).toBe(await readFile('contracts/api-spec.json', 'utf8'));
});

test('the document is the one that the running gateway serves', async () => {
  const app = await startTestApp();
  const served = await new RestClient(app.url).get('/docs-json');
  await app.close();
  expect(served.body).toEqual(document);
});

test('every route has a summary, an answer with a body, and errors with their codes', () => {
  for (const [name, { summary, responses }] of operations) {
    expect([name, summary]).toEqual([name, expect.any(String)]);
    const statuses = Object.keys(responses);
    const refused = isMedia(name) ? '403' : '401';
    expect([name, statuses]).toEqual([name, expect.arrayContaining([expect.stringMatching(/^2/), refused, '500'])]);
    for (const status of statuses) expect(responses[status]!.content).toBeDefined();
    expect(JSON.stringify(responses['500'])).toContain('INTERNAL');
  }
});

test('every route asks for a token, those of operators for theirs or none, files for a signed link', () => {
  for (const [name, { security }] of operations) {
    if (isMedia(name)) {
      expect(security).toBeUndefined();
      continue;
    }
    const expected = / \/(health|metrics)/.test(name) ? [{ operations: [] }, {}] : [{ bearer: [] }];
    expect([name, new Set(security?.map((each) => JSON.stringify(each)))]).toEqual([
      name,
      new Set(expected.map((each) => JSON.stringify(each))),
    ]);
  }
});

test('every reference leads somewhere', () => {
  const schemas = Object.keys(document.components?.schemas ?? {});
  const references = [...text.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(0);
  expect(references.filter((name) => !schemas.includes(name!))).toEqual([]);
});
