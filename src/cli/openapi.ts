import { mkdir, writeFile } from 'node:fs/promises';
import { describeApplication } from './describe-application.js';

/** From dist/cli as from src/cli. */
const FILE = new URL('../../contracts/api-spec.json', import.meta.url);

/** `npm run openapi`: writes the OpenAPI document of the REST routes to contracts/api-spec.json. */
await mkdir(new URL('.', FILE), { recursive: true });
await writeFile(FILE, await describeApplication());
process.stderr.write('contracts/api-spec.json is written\n');
