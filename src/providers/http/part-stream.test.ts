import { PassThrough } from 'node:stream';
import { ProviderError } from '../contract/provider-error.js';
import type { StreamPart } from '../contract/stream-part.js';
import type { EventReader } from './event-reader.js';
import { PartStream } from './part-stream.js';

/** A wire for the test: 'F' finishes, 'E' ends, '?' is malformed, '!' is an error, all else is text. */
class TestReader implements EventReader {
  hasFinished = false;

  read(data: string, parts: StreamPart[]) {
    if (data === 'E') return 'end';
    if (data === '?') return 'malformed';
    if (data === '!') throw new ProviderError('test', 'server_error', 'in-band');
    if (data === 'F') {
      this.hasFinished = true;
      parts.push({ type: 'finish', reason: 'stop' });
    } else parts.push({ type: 'text-delta', text: data });
    return 'more';
  }
}

function open(signal = new AbortController().signal) {
  const body = new PassThrough();
  let skipped = 0;
  const options = { providerId: 'test', reader: new TestReader(), signal, onMalformedEvent: () => skipped++ };
  return { body, stream: new PartStream(body, options), skipped: () => skipped };
}

const events = (...data: string[]) => data.map((text) => `data: ${text}\n\n`).join('');
const text = (...texts: string[]): StreamPart[] => texts.map((one) => ({ type: 'text-delta', text: one }));
const FINISH: StreamPart = { type: 'finish', reason: 'stop' };

async function readAll(stream: PartStream): Promise<{ batches: StreamPart[][]; error?: ProviderError }> {
  const batches: StreamPart[][] = [];
  try {
    for await (const batch of stream) batches.push(batch);
    return { batches };
  } catch (error) {
    return { batches, error: error as ProviderError };
  }
}

describe('PartStream', () => {
  it('makes one batch of all the events of one read, several pieces of it included', async () => {
    const { body, stream } = open();
    body.emit('data', Buffer.from(events('a', 'b')));
    body.emit('data', Buffer.from(events('c')));
    expect(await stream.next()).toEqual({ value: text('a', 'b', 'c'), done: false });
    body.emit('data', Buffer.from(events('d')));
    expect(await stream.next()).toEqual({ value: text('d'), done: false });
  });

  it('gives no empty batch for reads that brought nothing', async () => {
    const { body, stream } = open();
    body.write(': ping\n\n');
    body.end(events('a', 'F', 'E'));
    expect(await readAll(stream)).toEqual({ batches: [[...text('a'), FINISH]] });
  });

  it('ends at once with the vendor’s end of stream and drains what is left', async () => {
    const { body, stream } = open();
    body.write(events('a', 'F', 'E', 'late'));
    expect(await readAll(stream)).toEqual({ batches: [[...text('a'), FINISH]] });
    expect(body.destroyed).toBe(false);
    body.end(events('later still'));
    await new Promise((resolve) => body.once('close', resolve));
    expect(body.readableEnded).toBe(true);
  });

  it('hangs up on a server that goes on and on after its end', async () => {
    const { body, stream } = open();
    body.write(events('F', 'E'));
    await readAll(stream);
    body.write(Buffer.alloc(100_000));
    await new Promise((resolve) => body.once('close', resolve));
    expect(body.readableEnded).toBe(false);
  });

  it('is complete with a finish reason when the end of stream is missing, or the connection is lost', async () => {
    const ended = open();
    ended.body.end(events('a', 'F'));
    expect(await readAll(ended.stream)).toEqual({ batches: [[...text('a'), FINISH]] });
    const lost = open();
    lost.body.write(events('a', 'F'));
    lost.body.destroy(new Error('reset'));
    expect((await readAll(lost.stream)).error).toBeUndefined();
  });

  it('is broken without a finish reason, after all that had arrived', async () => {
    const { body, stream } = open();
    body.end(events('a', 'b'));
    const { batches, error } = await readAll(stream);
    expect(batches.flat()).toEqual(text('a', 'b'));
    expect(error).toMatchObject({ name: 'ProviderError', providerId: 'test', kind: 'stream_broken' });
  });

  it('keeps the cause of a broken connection', async () => {
    const { body, stream } = open();
    body.write(events('a'));
    expect(await stream.next()).toEqual({ value: text('a'), done: false });
    const cause = new Error('reset');
    body.destroy(cause);
    expect((await readAll(stream)).error).toMatchObject({ kind: 'stream_broken', cause });
  });

  it('is broken where the body closes without a word', async () => {
    const { body, stream } = open();
    body.destroy();
    expect((await readAll(stream)).error).toMatchObject({ kind: 'stream_broken' });
  });

  it('skips malformed events amid good ones and counts them', async () => {
    const { body, stream, skipped } = open();
    body.end(events('a', '?', 'b', '?', 'F', 'E'));
    expect((await readAll(stream)).batches.flat()).toEqual([...text('a', 'b'), FINISH]);
    expect([stream.malformedEvents, skipped()]).toEqual([2, 2]);
  });

  it('throws the vendor’s error after what came before it and hangs up', async () => {
    const { body, stream } = open();
    body.write(events('a', '!', 'b'));
    const { batches, error } = await readAll(stream);
    expect(batches).toEqual([text('a')]);
    expect(error).toMatchObject({ kind: 'server_error' });
    expect(body.destroyed).toBe(true);
  });

  it('refuses an event that never ends', async () => {
    const { body, stream } = open();
    const reading = readAll(stream);
    for (let count = 0; count < 9; count++) body.write(Buffer.alloc(1024 * 1024, 'x'));
    expect((await reading).error).toMatchObject({ kind: 'malformed_response' });
    expect(body.destroyed).toBe(true);
  });

  it('throws `aborted` with its reason and drops what waits when the signal fires', async () => {
    const controller = new AbortController();
    const { body, stream } = open(controller.signal);
    body.write(events('a'));
    const reason = new Error('cancelled');
    controller.abort(reason);
    body.destroy(reason); // as undici does
    const { error } = await readAll(stream);
    expect(error).toMatchObject({ kind: 'aborted', cause: reason });
  });

  it('throws `aborted` even where all had arrived and waits unread', async () => {
    const controller = new AbortController();
    const { body, stream } = open(controller.signal);
    body.end(events('a', 'F', 'E'));
    await new Promise((resolve) => body.once('close', resolve));
    controller.abort();
    expect(await readAll(stream)).toMatchObject({ batches: [], error: { kind: 'aborted' } });
  });

  it('destroys the body when the reader leaves', async () => {
    const { body, stream } = open();
    body.write(events('a'));
    for await (const batch of stream) {
      expect(batch).toEqual(text('a'));
      break;
    }
    expect(body.destroyed).toBe(true);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  it('pauses the body while too much waits unread', async () => {
    const { body, stream } = open();
    for (let count = 0; count < 70; count++) {
      body.emit('data', Buffer.from(events(String(count))));
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(body.isPaused()).toBe(true);
    for (let count = 0; count < 68; count++) await stream.next();
    expect(body.isPaused()).toBe(false);
  });
});
