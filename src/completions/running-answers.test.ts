import { Logger } from '@nestjs/common';
import type { Environment } from '../config/environment.js';
import type { RunningAnswer } from './running-answer.js';
import { RunningAnswers } from './running-answers.js';

const KEY = { accountId: 'alice', requestId: 'one' };

/** An answer that ends as `complete` does. */
const answerThat = (complete: () => Promise<void>) => ({ complete, stop: () => undefined }) as unknown as RunningAnswer;

describe('an answer whose end fails', () => {
  it.each<[string, () => Promise<void>, () => void]>([
    ['as it is written', () => Promise.reject(new Error('broken')), () => undefined],
    [
      'as it is told',
      () => Promise.resolve(),
      () => {
        throw new Error('broken');
      },
    ],
  ])('%s is a line in the log, ends no process and holds up no shutdown', async (_, complete, onEnd) => {
    const logged: string[] = [];
    Logger.overrideLogger({ log: () => {}, warn: () => {}, error: (line: string) => logged.push(line) });
    try {
      const answers = new RunningAnswers({ http: { drainMs: 60_000 } } as Environment);
      await answers.begin(KEY, Promise.resolve(answerThat(complete)), onEnd);
      await answers.beforeApplicationShutdown();
      expect(logged).toEqual(['The end of an answer failed']);
      expect(answers.size).toBe(0);
      expect(answers.find(KEY)).toBeUndefined();
    } finally {
      Logger.overrideLogger(false);
    }
  });
});
