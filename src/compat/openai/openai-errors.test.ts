import { ERROR_CODES, type ErrorCode } from '../../common/errors/error-codes.js';
import { validationFailure } from '../../common/errors/field-faults.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { OPENAI_ERRORS } from './openai-errors.js';

const bodyOf = (error: GatewayError) => OPENAI_ERRORS.errorBody(error, 'request-1');

it.each(Object.keys(ERROR_CODES) as ErrorCode[])(
  '%s has a type of OpenAI’s and keeps its own code beside it',
  (code) => {
    expect(bodyOf(new GatewayError(code, 'Why.', { details: { a: 1 } }))).toEqual({
      error: {
        message: 'Why.',
        type: expect.stringMatching(/^[a-z_]+$/),
        param: code === 'MODEL_NOT_FOUND' ? 'model' : null,
        code: code === 'VALIDATION_ERROR' ? null : expect.stringMatching(/^[a-z_]+$/),
        gateway: { code, details: { a: 1 } },
      },
    });
  },
);

test('fields are named as OpenAI names them, whoever found them to be wrong', () => {
  const faults = ['responseFormat', 'topLogprobs', 'messages[1].toolCalls', 'tools'].map((field) => ({
    field,
    message: `${field} can't be used`,
  }));
  const names = ['response_format', 'logprobs', 'messages[1].tool_calls', 'tools'];
  expect(bodyOf(validationFailure(faults))).toMatchObject({
    error: {
      param: 'response_format',
      message: `${names.map((name) => `${name} can't be used`).join('; ')}.`,
      gateway: { details: { fields: names.map((field) => ({ field })) } },
    },
  });
});
