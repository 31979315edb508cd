import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import type { AnswerJob } from '../answer-job.js';

/**
 * What makes two requests the same question: all that goes upstream, and whom it would go to first, so that another
 * configuration is another question. The order of keys does not count.
 * @param isShared whoever asks, it is the same question
 */
export function questionHash({ key, request, steps }: AnswerJob, isShared: boolean): Buffer {
  const { provider, model, messages, inputs, vectors, options, maxTokens } = request;
  const first = steps[0] && { provider: steps[0].providerId, model: steps[0].model };
  const account = isShared ? undefined : key.accountId;
  const question = { account, first, provider, model, messages, inputs, vectors, options, maxTokens };
  return createHash('sha256').update(stringify(question)).digest();
}
