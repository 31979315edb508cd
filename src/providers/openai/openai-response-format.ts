import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { ResponseFormat } from '../contract/tool.js';
import { strictSchema } from './openai-schema.js';

type FormatField = Pick<ChatCompletionCreateParamsStreaming, 'response_format'>;

/** The form of the answer. A schema that strict mode can't take without another meaning goes along without strictness. */
export function toOpenAiResponseFormat(format: ResponseFormat | undefined): FormatField {
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json_object':
      return { response_format: { type: 'json_object' } };
    case 'json_schema': {
      const { name, schema, description, strict } = format;
      const narrowed = strict ? strictSchema(schema) : undefined;
      return {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name,
            ...(description === undefined ? {} : { description }),
            schema: narrowed ?? schema,
            ...(strict === undefined ? {} : { strict: narrowed !== undefined }),
          },
        },
      };
    }
    default:
      return format satisfies never;
  }
}
