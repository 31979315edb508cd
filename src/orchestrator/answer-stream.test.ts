import type { TextProvider } from '../providers/contract/text-provider.js';
import type { StreamPart } from '../providers/contract/stream-part.js';
import { ProviderError } from '../providers/contract/provider-error.js';
import { Attempt } from './attempt.js';

const STALL_MS = 100;
const REQUEST = { model: 'm', messages: [], maxOutputTokens: 10 };

describe('a stream that is not read for a while', () => {
  let release: (part: StreamPart | 'end') => void;
  let hasBeenAborted: boolean;

  /** A provider whose parts come one by one, when the test says so. */
  const provider = {
    id: 'p',
    stream: (_request: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => (hasBeenAborted = true));
      return Promise.resolve(parts(signal));
    },
  } as unknown as TextProvider;

  async function* parts(signal: AbortSignal): AsyncGenerator<StreamPart[]> {
    yield [{ type: 'text-delta', text: 'first' }];
    for (;;) {
      const part = await new Promise<StreamPart | 'end'>((resolve, reject) => {
        release = resolve;
        signal.addEventListener('abort', () => reject(new ProviderError('p', 'aborted', 'aborted')));
      });
      if (part === 'end') return;
      yield [part];
    }
  }

  const opened = async () => {
    hasBeenAborted = false;
    const stream = await new Attempt(provider, {
      headersMs: 1_000,
      firstContentMs: 1_000,
      stallMs: STALL_MS,
    }).openStream(REQUEST);
    expect(await stream.next()).toEqual([{ type: 'text-delta', text: 'first' }]);
    return stream;
  };

  it('has no deadline meanwhile, and its whole deadline from when it is read again', async () => {
    const stream = await opened();
    stream.pause();
    await new Promise((resolve) => setTimeout(resolve, 5 * STALL_MS));
    expect(hasBeenAborted).toBe(false);
    const next = stream.next();
    release({ type: 'text-delta', text: 'second' });
    expect(await next).toEqual([{ type: 'text-delta', text: 'second' }]);
    await expect(stream.next()).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('is read on where it had finished but for its token count', async () => {
    const stream = await opened();
    let next = stream.next();
    release({ type: 'finish', reason: 'stop' });
    await next;
    stream.pause();
    next = stream.next();
    release('end');
    expect(await next).toBeUndefined();
  });
});
