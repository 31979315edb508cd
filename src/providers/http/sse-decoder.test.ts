import { SseDecoder } from './sse-decoder.js';

function decode(pieces: Buffer[], ends = true): { events: string[]; overflows: number } {
  const events: string[] = [];
  let overflows = 0;
  const decoder = new SseDecoder({ onEvent: (data) => events.push(data), onOverflow: () => overflows++ });
  for (const piece of pieces) decoder.write(piece);
  if (ends) decoder.end();
  return { events, overflows };
}

const bytes = (text: string) => Buffer.from(text);
const eachByte = (text: string) => [...bytes(text)].map((byte) => Buffer.from([byte]));

describe('SseDecoder', () => {
  const STREAM = 'data: {"a":"é€😀"}\r\n\r\n: ping\n\nevent: x\ndata:second\n\ndata: one\ndata: two\n\n';
  const EVENTS = ['{"a":"é€😀"}', 'second', 'one\ntwo'];

  it('reads events with either line end, comments and several data lines', () => {
    expect(decode([bytes(STREAM)]).events).toEqual(EVENTS);
  });

  it('reads the same however the bytes are cut', () => {
    expect(decode(eachByte(STREAM)).events).toEqual(EVENTS);
    const whole = bytes(STREAM);
    for (let cut = 1; cut < whole.length; cut++) {
      expect(decode([whole.subarray(0, cut), whole.subarray(cut)]).events).toEqual(EVENTS);
    }
  });

  it('ignores a byte order mark', () => {
    expect(decode([bytes('\ufeffdata: 1\n\n')]).events).toEqual(['1']);
  });

  it('gives out an event whose blank line was left out at the end', () => {
    expect(decode([bytes('data: 1\n\ndata: 2')]).events).toEqual(['1', '2']);
    expect(decode([bytes('data: 1\n\ndata: 2')], false).events).toEqual(['1']);
  });

  it('gives up on an event that never ends', () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const { events, overflows } = decode([
      bytes('data: '),
      ...Array<Buffer>(10).fill(mebibyte),
      bytes('\n\ndata: 1\n\n'),
    ]);
    expect({ events, overflows }).toEqual({ events: [], overflows: 1 });
  });

  it('takes an event of some megabytes', () => {
    const text = 'x'.repeat(5 * 1024 * 1024);
    expect(decode([bytes(`data: ${text}\n\n`)]).events).toEqual([text]);
  });
});
