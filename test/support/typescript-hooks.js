/**
 * Lets plain Node run our TypeScript sources (`node --import ./test/support/typescript-hooks.js file.ts`), compiled by
 * swc as Jest compiles them: for programs that tests start as processes of their own.
 */
import { register } from 'node:module';

register('./typescript-loader.js', import.meta.url);
