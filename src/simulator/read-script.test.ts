import { readScript } from './read-script.js';

const GAP_MS = 15;
const read = (model: string, question = 'Hello') => readScript(model, question, GAP_MS);

describe('readScript', () => {
  it('leaves everything to the simulator where nothing is scripted', () => {
    expect(read('gpt-4')).toEqual({ style: 'answer', gapMs: GAP_MS });
  });

  it('reads chunks, gap and fault from the name of the model', () => {
    expect(read('sim-40-20ms')).toEqual({ style: 'lorem', deltaCount: 40, gapMs: 20 });
    expect(read('sim-8-0ms-keepalive-reset')).toMatchObject({ deltaCount: 8, fault: { fault: 'keepalive-reset' } });
  });

  it('reads a directive anywhere in the message', () => {
    expect(read('gpt-4', 'Count\n[[sim prompt=150  completion=300]] please')).toEqual({
      style: 'lorem',
      gapMs: GAP_MS,
      promptTokens: 150,
      completionTokens: 300,
    });
  });

  it('reads a fault with its options and its wire', () => {
    expect(read('gpt-4', '[[sim fault=cut after=3 wire=openai]]')).toMatchObject({
      fault: { fault: 'cut', afterChunks: 3 },
      faultWire: 'openai',
    });
    expect(read('gpt-4', '[[sim fault=429 retry-after=2 retry-after-ms=1500]]').fault).toEqual({
      fault: '429',
      retryAfterSeconds: 2,
      retryAfterMs: 1500,
    });
  });

  it('lets the directive override the name of the model', () => {
    expect(read('sim-40-20ms-500', '[[sim gap=0 fault=503]]')).toMatchObject({
      deltaCount: 40,
      gapMs: 0,
      fault: { fault: '503' },
    });
    expect(read('sim-40-20ms', '[[sim completion=3]]')).not.toHaveProperty('deltaCount');
  });

  it('reads tool calls, thoughts and texts, with spaces and brackets in them', () => {
    const directive =
      '[[sim tool=add args={"list": [[1, 2], ["]]"]]} tool=now think="Let me see." say="[[1]] \\"x\\""]] please';
    expect(read('gpt-4', directive)).toMatchObject({
      tools: [{ name: 'add', args: '{"list": [[1, 2], ["]]"]]}' }, { name: 'now' }],
      think: 'Let me see.',
      say: '[[1]] "x"',
    });
    expect(read('gpt-4', '[[sim think=12 cached=1024 tool=f args="{\\"a\\":"]]')).toMatchObject({
      think: 12,
      cachedTokens: 1024,
      tools: [{ name: 'f', args: '{"a":' }],
    });
  });

  it('takes other double brackets for text', () => {
    expect(read('gpt-4', 'the wiki link [[simulation]] and [[similar]]')).toEqual({ style: 'answer', gapMs: GAP_MS });
  });

  it.each([
    ['sim-x', '', 'sim-N-Mms'],
    ['sim-5-0ms-cutt', '', "did you mean 'cut'"],
    ['gpt-4', '[[sim fault=503x]]', "did you mean '503'"],
    ['gpt-4', '[[sim chunk=5]]', "did you mean 'chunks'"],
    ['gpt-4', '[[sim constructor=5]]', 'unknown key'],
    ['gpt-4', '[[sim chunks=many]]', 'a whole number from 0 to'],
    ['gpt-4', '[[sim chunks=-1]]', 'a whole number from 0 to'],
    ['gpt-4', '[[sim chunks 5]]', 'not key=value'],
    ['gpt-4', '[[sim chunks=5 chunks=6]]', 'given twice'],
    ['gpt-4', '[[sim chunks=5', "without its ']]'"],
    ['gpt-4', '[[sim gap=0]] [[sim chunks=5', "without its ']]'"],
    ['gpt-4', '[[sim gap=0]] [[sim gap=1]]', 'more than one'],
    ['gpt-4', '[[sim say=hello]]', 'a text in JSON quotes'],
    ['gpt-4', '[[sim args={}]]', 'behind a tool'],
    ['gpt-4', '[[sim say="a]]', "without its ']]'"],
    ['gpt-4', '[[sim text=latin]]', 'answer, lorem, numbered'],
    ['gpt-4', '[[sim fault=cut wire=gopher]]', 'openai, anthropic'],
    ['gpt-4', '[[sim wire=openai]]', 'without a fault'],
    ['gpt-4', '[[sim after=3]]', 'without a fault'],
    ['gpt-4', '[[sim fault=hang delay=5]]', 'takes no option delayMs'],
    ['gpt-4', '[[sim fault=429 retry-after=1 retry-after-date=1]]', 'not both'],
    ['gpt-4', '[[sim chunks=5 completion=4]]', "can't fill 5 chunks"],
  ])('refuses the script of %s %s', (model, question, reason) => {
    expect(() => read(model, question)).toThrow(reason);
  });
});
