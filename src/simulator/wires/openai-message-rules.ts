import { isObject } from './message-text.js';
import type { OpenAiFacts } from './openai-facts.js';
import { bad } from './openai-rejection.js';
import type { JsonObject } from './wire.js';

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];
const LONGEST_ID = 40;
const PART_FIELDS: Record<string, string> = {
  text: 'text',
  image_url: 'image_url',
  input_audio: 'input_audio',
  file: 'file',
  refusal: 'refusal',
};

/** @throws Rejection where OpenAI would refuse the conversation. */
export function checkOpenAiMessages(messages: unknown, facts: OpenAiFacts): asserts messages is JsonObject[] {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw bad("Invalid or missing 'messages': expected a list of messages.", 'messages');
  }
  messages.forEach((message, index) => checkMessage(message, index, facts));
  checkCalls(messages as JsonObject[]);
}

function checkMessage(message: unknown, index: number, facts: OpenAiFacts): void {
  const param = `messages[${index}]`;
  if (!isObject(message)) throw bad(`Invalid type for '${param}': expected an object.`, param);
  const { role, content } = message;
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    const known = ROLES.map((each) => `'${each}'`).join(', ');
    throw bad(`Invalid value: '${String(role)}'. Supported values are: ${known}.`, `${param}.role`, 'invalid_value');
  }
  const mayLackContent = role === 'assistant' && message.tool_calls !== undefined;
  if (typeof content !== 'string' && !Array.isArray(content) && !(mayLackContent && content == null)) {
    throw bad(
      `Invalid value for 'content': expected a string, got ${content === undefined ? 'nothing' : 'null'}.`,
      `messages.[${index}].content`,
    );
  }
  if (Array.isArray(content))
    content.forEach((part, at) => checkPart(part, role, `messages.[${index}].content.[${at}]`, facts));
}

function checkPart(part: unknown, role: string, param: string, { takesImages, takesBreakpoints }: OpenAiFacts): void {
  const type = isObject(part) ? String(part.type) : '';
  const field = Object.hasOwn(PART_FIELDS, type) ? PART_FIELDS[type]! : undefined;
  if (!isObject(part) || field === undefined || part[field] == null || (role !== 'user' && type === 'image_url')) {
    throw bad(`Invalid value: '${type}'.`, `${param}.type`, 'invalid_value');
  }
  if (part.prompt_cache_breakpoint !== undefined && !takesBreakpoints) {
    throw bad(
      `Unknown parameter: '${param}.prompt_cache_breakpoint'.`,
      `${param}.prompt_cache_breakpoint`,
      'unknown_parameter',
    );
  }
  if (type !== 'image_url') return;
  if (!takesImages) throw bad('Invalid content type. image_url is only supported by certain models.', `${param}.type`);
  const url = isObject(part.image_url) ? part.image_url.url : undefined;
  if (typeof url === 'string' && /^(https?:\/\/|data:image\/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+=*$)/.test(url))
    return;
  throw bad(
    'Invalid image URL: expected a valid URL or a base64 data URL of a supported image type.',
    `${param}.image_url.url`,
    'invalid_image_url',
  );
}

/** Every call is answered right behind it, and nothing is answered that was not called for. */
function checkCalls(messages: JsonObject[]): void {
  let open = new Set<string>();
  messages.forEach((message, index) => {
    if (message.role === 'tool') {
      if (!open.delete(String(message.tool_call_id))) {
        const text =
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
        throw bad(text, `messages.[${index}].role`);
      }
      return;
    }
    refuseUnanswered(open, index);
    open = new Set(callsOf(message, index));
  });
  refuseUnanswered(open, messages.length);
}

function refuseUnanswered(open: ReadonlySet<string>, index: number): void {
  if (open.size === 0) return;
  const text =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
    `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`;
  throw bad(text, `messages.[${index}].role`);
}

function callsOf({ role, tool_calls: calls }: JsonObject, index: number): string[] {
  if (role !== 'assistant' || calls === undefined) return [];
  const param = `messages[${index}].tool_calls`;
  if (!Array.isArray(calls) || calls.length === 0)
    throw bad(`Invalid '${param}': empty array. Expected an array with minimum length 1.`, param);
  return calls.map((call: unknown, at) => {
    const called = isObject(call) && call.type === 'function' ? call.function : undefined;
    if (
      !isObject(call) ||
      !isObject(called) ||
      typeof called.name !== 'string' ||
      typeof called.arguments !== 'string'
    ) {
      throw bad(`Missing required parameter: '${param}[${at}].function'.`, `${param}[${at}].function`);
    }
    const { id } = call;
    if (typeof id !== 'string' || id === '')
      throw bad(`Missing required parameter: '${param}[${at}].id'.`, `${param}[${at}].id`);
    if (id.length > LONGEST_ID) {
      const text = `Invalid '${param}[${at}].id': string too long. Expected a string with maximum length ${LONGEST_ID}, but got a string with length ${id.length} instead.`;
      throw bad(text, `${param}[${at}].id`, 'string_above_max_length');
    }
    return id;
  });
}
