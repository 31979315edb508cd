import { openAiFault } from './openai-fault.js';

const kindOf = (status: number | undefined, body: unknown) => openAiFault(body, status).kind;

describe('openAiFault', () => {
  it.each([
    [
      'Gemini, too many requests',
      429,
      [{ error: { code: 429, message: 'slow', status: 'RESOURCE_EXHAUSTED' } }],
      'rate_limited',
    ],
    [
      'Gemini, a bad key as a 400',
      400,
      [{ error: { code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } }],
      'unauthorized',
    ],
    [
      'Gemini, too long',
      400,
      [
        {
          error: { code: 400, message: 'The input token count (9) exceeds the maximum number of tokens allowed (8).' },
        },
      ],
      'context_length_exceeded',
    ],
    ['Groq, retired', 400, { error: { code: 'model_decommissioned' } }, 'model_not_found'],
    [
      'Groq, more at once than a minute allows',
      413,
      { error: { code: 'rate_limit_exceeded' } },
      'context_length_exceeded',
    ],
    ['Groq, no proper call', 400, { error: { code: 'tool_use_failed' } }, 'malformed_response'],
    ['OpenRouter, no credits', 402, { error: { code: 402, message: 'Insufficient credits' } }, 'quota_exhausted'],
    [
      'OpenRouter, moderation',
      403,
      { error: { code: 403, message: 'No', metadata: { reasons: ['hate'] } } },
      'content_filtered',
    ],
    [
      'vLLM, too long',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
      'context_length_exceeded',
    ],
    [
      'vLLM, no such model',
      404,
      { object: 'error', message: 'nope', type: 'NotFoundError', code: 404 },
      'model_not_found',
    ],
    [
      'llama.cpp, too long',
      400,
      { error: { code: 400, type: 'exceed_context_size_error' } },
      'context_length_exceeded',
    ],
    ['llama.cpp, loading', 503, { error: { code: 503, type: 'unavailable_error' } }, 'server_error'],
    ['Ollama, no such model', 404, { error: { message: "model 'x' not found" } }, 'model_not_found'],
    ['Mistral, full', 429, { object: 'error', type: 'service_tier_capacity_exceeded', code: '3505' }, 'rate_limited'],
    [
      'DeepSeek, no money',
      402,
      { error: { message: 'Insufficient Balance', code: 'invalid_request_error' } },
      'quota_exhausted',
    ],
    ['xAI, plain text', 400, { code: 'Client specified an invalid argument', error: 'bad' }, 'bad_request'],
    ['Azure, no such deployment', 404, { error: { code: 'DeploymentNotFound' } }, 'model_not_found'],
    ['an event with a status', undefined, { error: { code: 502, message: 'Upstream' } }, 'server_error'],
    ['an event with a status in quotes', undefined, { error: { code: '429' } }, 'rate_limited'],
    ['an event of nothing', undefined, {}, 'server_error'],
  ])('understands %s', (_name, status, body, kind) => {
    expect(kindOf(status, body)).toBe(kind);
  });

  it('says what Azure filtered for', () => {
    const results = {
      hate: { filtered: true, severity: 'high' },
      violence: { filtered: false },
      jailbreak: { filtered: true },
    };
    const error = {
      code: 'content_filter',
      message: 'The response was filtered',
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: results },
    };
    expect(openAiFault({ error }, 400)).toEqual({
      kind: 'content_filtered',
      message: 'The response was filtered (hate, jailbreak)',
    });
  });

  it('has the message of any form', () => {
    expect(openAiFault({ error: 'plain' }, 400).message).toBe('plain');
    expect(openAiFault({ message: 'top' }, 400).message).toBe('top');
    expect(openAiFault([{ error: { message: 'listed' } }], 400).message).toBe('listed');
  });
});
