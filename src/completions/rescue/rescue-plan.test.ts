import type { CompletionRequest } from '../completion-request.js';
import type { DeliveredAnswer } from './delivered-answer.js';
import { waysToGoOn } from './rescue-plan.js';

const TEXT: DeliveredAnswer = {
  text: 'Hel',
  thoughts: '',
  hasToolCalls: false,
  hasRedactedThoughts: false,
  isThoughtSigned: false,
  endsInThoughts: false,
};
const CALLS = { ...TEXT, hasToolCalls: true };
const HIDDEN = { ...TEXT, text: '', hasRedactedThoughts: true, endsInThoughts: true };
const JSON_ONLY: CompletionRequest['options'] = { responseFormat: { type: 'json_object' } };

describe('what may be tried for an answer that broke off', () => {
  it.each([
    ['only what the client does not see, unless it asked', TEXT, undefined, {}, false, ['spliced']],
    ['going on', TEXT, 'continue', {}, false, ['spliced', 'continued']],
    ['beginning anew', TEXT, 'restart', {}, false, ['spliced', 'restarted']],
    ['no splice and no continuation of a tool call', CALLS, 'continue', {}, false, []],
    ['beginning anew after a tool call', CALLS, 'restart', {}, false, ['restarted']],
    ['no continuation in a form', TEXT, 'continue', { options: JSON_ONLY }, false, ['spliced']],
    [
      'all of it after thoughts that nobody can compare',
      HIDDEN,
      'continue',
      { options: JSON_ONLY },
      false,
      ['continued'],
    ],
    ['one continuation', TEXT, 'continue', {}, true, []],
  ] as const)('is %s', (_, delivered, onMidStreamFailure, fields, wasContinued, ways) => {
    const request = { options: {}, ...(onMidStreamFailure ? { onMidStreamFailure } : {}), ...fields };
    expect(waysToGoOn(delivered, request, wasContinued)).toEqual(ways);
  });
});
