import { leaksIn } from './leaks.js';

describe('what an answer gives away', () => {
  it.each([
    ['a stack trace', new Error('boom').stack!],
    ['a path', 'ENOENT: no such file or directory, open /home/node/dist/main.js'],
    ['a line', 'thrown in ledger.ts:12'],
    ['SQL', 'SELECT balance FROM ledger.account WHERE id = $1'],
    ['the database', 'invalid input syntax for type uuid: "x"'],
    ['its address', 'postgresql://gateway:secret@db/ledger'],
    ['the runtime', "TypeError: Cannot read properties of undefined (reading 'x')"],
  ])('is found: %s', (_, text) => {
    expect(leaksIn(text)).not.toEqual([]);
  });

  it.each([
    '{"error":{"code":"VALIDATION_ERROR","message":"The body is no valid JSON."}}',
    '{"error":{"code":"NOT_FOUND","message":"There is nothing here; GET /docs lists the routes."}}',
    "The model 'SELECT' is not known; select one from GET /api/mcp/models.",
  ])('is nothing in %s', (text) => {
    expect(leaksIn(text)).toEqual([]);
  });
});
