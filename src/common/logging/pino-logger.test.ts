import { PinoLogger } from './pino-logger.js';

let lines: Record<string, unknown>[];
let logger: PinoLogger;

beforeEach(() => {
  lines = [];
  logger = new PinoLogger('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
});

test('a line has its message, its context and the request that it is about', () => {
  logger.warn('It is late', { requestId: 'r-1' }, 'Answers');
  expect(lines).toMatchObject([{ level: 40, msg: 'It is late', context: 'Answers', requestId: 'r-1' }]);
});

test("a stack is told in Nest's way, beside the request", () => {
  logger.error('It failed', 'Error: at …', { requestId: 'r-1' }, 'Answers');
  logger.error('It failed', undefined, 'Answers');
  expect(lines).toMatchObject([
    { level: 50, msg: 'It failed', stack: 'Error: at …', context: 'Answers', requestId: 'r-1' },
    { msg: 'It failed', context: 'Answers' },
  ]);
});

test.each([
  ['as the message', (error: Error) => logger.error(error, 'Answers')],
  ['beside it', (error: Error) => logger.error('It failed', error, 'Answers')],
])('of an error %s only message and stack are told, not what hangs on it', (_, log) => {
  log(Object.assign(new Error('broken'), { detail: 'the words of a user', parameters: ['a prompt'] }));
  expect(lines).toMatchObject([{ stack: expect.stringContaining('Error: broken'), context: 'Answers' }]);
  expect(JSON.stringify(lines)).not.toMatch(/words|prompt/);
});

test('what is less severe than wanted is not written', () => {
  logger.debug('A detail', 'Answers');
  logger.verbose('A smaller one', 'Answers');
  expect(lines).toEqual([]);
});

test('a line can not be made to look like two', () => {
  logger.log('first\n{"level":50,"msg":"second"}', { requestId: 'a\nb' }, 'Answers');
  expect(lines).toHaveLength(1);
});
