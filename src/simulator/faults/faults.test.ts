import { FAULT_NAMES, resolveFault } from './fault-names.js';
import { retryHeaders } from './retry-after.js';
import { ANTHROPIC } from '../wires/anthropic-vendor.js';
import { OPENAI } from '../wires/openai-vendor.js';

describe('resolveFault', () => {
  it('gives a filter the form that is usual on the wire', () => {
    expect(resolveFault('filter', 'openai')).toEqual({ family: 'refusal', name: 'filter-400' });
    expect(resolveFault('filter', 'anthropic')).toEqual({ family: 'answer', name: 'filter-stop' });
  });

  it('knows each name once', () => {
    expect(new Set(FAULT_NAMES).size).toBe(FAULT_NAMES.length);
  });
});

describe('retryHeaders', () => {
  const nowMs = Date.UTC(2026, 0, 1, 12, 0, 0, 1);

  it('says nothing unless asked', () => {
    expect(retryHeaders({}, nowMs)).toEqual({});
  });

  it('speaks in seconds, milliseconds or a date that is not too early', () => {
    expect(retryHeaders({ retryAfterSeconds: 2, retryAfterMs: 1500 }, nowMs)).toEqual({
      'retry-after': '2',
      'retry-after-ms': '1500',
    });
    expect(retryHeaders({ retryAfterDateSeconds: 2 }, nowMs)).toEqual({
      'retry-after': 'Thu, 01 Jan 2026 12:00:03 GMT',
    });
  });
});

describe('the vendors’ own words', () => {
  it('have codes at OpenAI', () => {
    expect(OPENAI.errorBody(OPENAI.refusal('context', 'gpt-4'), 'req_1')).toEqual({
      error: expect.objectContaining({
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        param: 'messages',
      }),
    });
    expect(OPENAI.errorBody(OPENAI.refusal('500', 'gpt-4'), 'req_1')).toEqual({
      error: expect.objectContaining({ type: 'server_error', code: null, param: null }),
    });
  });

  it('have types and a request id at Anthropic', () => {
    expect(ANTHROPIC.errorBody(ANTHROPIC.refusal('404', 'claude-9'), 'req_1')).toEqual({
      type: 'error',
      error: { type: 'not_found_error', message: 'model: claude-9' },
      request_id: 'req_1',
    });
  });
});
