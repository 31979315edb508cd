import { eventually } from '../../test/support/eventually.js';
import type { GatewayError } from '../common/errors/gateway-error.js';
import { parseEnvironment } from '../config/environment.js';
import { DetachedAnswers } from './detached-answers.js';

class Answer {
  readonly stopped: string[] = [];
  stop(error: GatewayError): void {
    this.stopped.push(error.code);
  }
}

describe('answers that nobody watches', () => {
  const detachedFor = (milliseconds: number) =>
    new DetachedAnswers(parseEnvironment({ DETACHED_MAX_MS: String(milliseconds) }));

  it('are stopped as by a cancel when nobody came back in time', async () => {
    const answer = new Answer();
    detachedFor(20).left(answer);
    await eventually(() => expect(answer.stopped).toEqual(['CANCELLED']));
  });

  it('go on when somebody came back', async () => {
    const detached = detachedFor(20);
    const [kept, lost] = [new Answer(), new Answer()];
    for (const answer of [kept, lost]) detached.left(answer);
    detached.returned(kept);
    await eventually(() => expect(lost.stopped).toHaveLength(1));
    expect(kept.stopped).toEqual([]);
  });

  it('are bounded in number: beyond 1,000, who leaves has cancelled', () => {
    const detached = detachedFor(60_000);
    const answers = Array.from({ length: 1_001 }, () => new Answer());
    for (const answer of answers) detached.left(answer);
    expect(answers.filter(({ stopped }) => stopped.length > 0)).toEqual([answers[1_000]]);
    for (const answer of answers) detached.returned(answer);
  });
});
