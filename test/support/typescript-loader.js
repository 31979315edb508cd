import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import jestConfiguration from '../../jest.config.js';

const [, options] = jestConfiguration.transform['^.+\\.ts$'];

const CLIENT = new URL('../../client/src/node.ts', import.meta.url).href;
const GLOBALS = new URL('./native/jest-globals.js', import.meta.url).href;

/** Node's resolve hook: `./x.js` of a TypeScript file may mean `./x.ts`; the client library is its sources, too. */
export async function resolve(specifier, context, nextResolve) {
  if (specifier === '@smart-ai-hub/mcp-client') return { url: CLIENT, shortCircuit: true };
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
    return nextResolve(specifier.replace(/\.js$/, '.ts'), context);
  }
}

/** Node's load hook: compiles TypeScript. */
export async function load(url, context, nextLoad) {
  if (!new URL(url).pathname.endsWith('.ts')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { ...options, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
