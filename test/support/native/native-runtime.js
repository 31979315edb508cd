import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import '../typescript-hooks.js';

const require = createRequire(import.meta.url);
process.setSourceMapsEnabled(true);
let imports = 0;

/**
 * What Jest's runner asks of a runtime (jest-runner's runTest, jest-circus' jestAdapter), done by Node: a worker loads each
 * module once, not once for every test file. Why: docs/decisions/2026-11-23-tests-in-plain-node.md.
 */
export default class NativeRuntime {
  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** A test file, each time anew; what it imports is there already, or stays. */
  async unstable_importModule(path) {
    await import(`${pathToFileURL(path)}?import=${++imports}`);
  }

  /** jest-circus, which begins each test file as if there had been none. */
  requireInternalModule(path) {
    delete require.cache[path];
    return require(path);
  }

  requireModule(path) {
    return require(path);
  }

  /** Node knows them. */
  getSourceMaps() {
    return null;
  }

  getAllCoverageInfoCopy() {}
  setGlobalsForRuntime() {}
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
}
