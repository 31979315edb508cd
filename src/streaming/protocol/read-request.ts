import { validateSync } from 'class-validator';
import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import { fieldFaults, type FieldFault } from '../../common/errors/field-faults.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { requestFaults } from '../../completions/request-rules.js';
import type { AnswerOptions, Message } from '../../providers/contract/text-request.js';
import type { ResponseFormat, Tool, ToolChoice } from '../../providers/contract/tool.js';
import { AnswerWishesDto } from './answer-wishes.dto.js';
import { fieldsOf, fitnessOf } from './dto-rules.js';
import { defined, Faults } from './field-reader.js';
import { FRAME_PATHS } from './frame-paths.js';
import { readMessages } from './read-messages.js';
import { readResponseFormat } from './read-response-format.js';
import { readToolChoice, readTools } from './read-tools.js';
import { RequestFrameDto } from './request-frame.dto.js';

/** A frame's body, and a request's fields that are lists or objects, as they are read. */
type Body = Record<string, unknown>;

interface Parts {
  messages?: Message[];
  tools?: Tool[];
  toolChoice?: ToolChoice;
  responseFormat?: ResponseFormat;
}

export interface ReadRequest {
  request: CompletionRequest;
  lastSeq: number;
}

const PART_FIELDS: readonly (keyof Parts)[] = ['messages', 'tools', 'toolChoice', 'responseFormat'];
const WISH_FIELDS = fieldsOf(AnswerWishesDto);
const FIELDS = [...fieldsOf(RequestFrameDto), ...PART_FIELDS, ...WISH_FIELDS];
const KNOWN = new Set(FIELDS);
/** A request has no `cancel`, but it may have been meant. */
const SUGGESTED = [...FIELDS, 'cancel'];
/** What says something of a text that is written, and so nothing of vectors. */
const NOT_FOR_EMBEDDINGS = [...PART_FIELDS.slice(1), ...WISH_FIELDS].filter(
  (name) => name !== 'dimensions' && name !== 'cache',
);

const isFitFrame = fitnessOf(RequestFrameDto);
const areFitWishes = fitnessOf(AnswerWishesDto);
const VALIDATION = { forbidUnknownValues: true, stopAtFirstError: true };

/** Reads a request's body. @returns the request, or what is wrong with it */
export function readRequest(body: Body): ReadRequest | FieldFault[] {
  try {
    return readFields(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ field: '', message: 'The request is nested too deeply' }]; // the stack's end, reached by recursion
  }
}

function readFields(body: Body): ReadRequest | FieldFault[] {
  const faults = new Faults();
  for (const name of Object.keys(body)) if (!KNOWN.has(name)) faults.addUnknown('', name, SUGGESTED);
  if (faults.list.length > 0) return faults.list;
  const frame = Object.assign(new RequestFrameDto(), body);
  if (!isFitFrame(frame)) faults.addAll(fieldFaults(validateSync(frame, VALIDATION), []));
  const wishes = readWishes(body, faults);
  const parts = readParts(body, faults);
  faultUnfit(body, faults);
  if (faults.list.length > 0) return faults.list;
  const request = toRequest(frame, wishes, parts, fingerprintOf(body, parts));
  faults.addAll(requestFaults(request, FRAME_PATHS));
  return faults.list.length > 0 ? faults.list : { request, lastSeq: frame.lastSeq ?? 0 };
}

function readWishes(body: Body, faults: Faults): AnswerWishesDto {
  const given = WISH_FIELDS.filter((name) => body[name] != null);
  if (given.length === 0) return new AnswerWishesDto();
  const wishes = Object.assign(new AnswerWishesDto(), Object.fromEntries(given.map((name) => [name, body[name]])));
  if (!areFitWishes(wishes)) faults.addAll(fieldFaults(validateSync(wishes, VALIDATION), []));
  return wishes;
}

/** Null means absent in them too. */
function readParts(body: Body, faults: Faults): Parts {
  return defined({
    messages: body['messages'] == null ? undefined : readMessages(body['messages'], faults),
    tools: readTools(body['tools'], faults),
    toolChoice: readToolChoice(body['toolChoice'], faults),
    responseFormat: readResponseFormat(body['responseFormat'], faults),
  });
}

function faultUnfit(body: Body, faults: Faults): void {
  if (body['type'] !== 'embedding') {
    if (body['dimensions'] != null) faults.add('dimensions', "goes with type 'embedding' only");
    return;
  }
  for (const name of NOT_FOR_EMBEDDINGS) if (body[name] != null) faults.add(name, "does not go with type 'embedding'");
}

function toRequest(
  frame: RequestFrameDto,
  wishes: AnswerWishesDto,
  parts: Parts,
  fingerprint: string,
): CompletionRequest {
  const { prompt, maxTokens } = frame;
  const isEmbedding = frame.type === 'embedding';
  return {
    id: frame.id,
    type: frame.type,
    provider: frame.provider,
    model: frame.model,
    messages: isEmbedding ? [] : (parts.messages ?? [{ role: 'user', content: prompt as string }]),
    inputs: isEmbedding ? [prompt ?? []].flat() : [],
    hasSingleInput: typeof prompt === 'string',
    isStreamed: frame.stream && !isEmbedding,
    isBackground: frame.background ?? false,
    mayFallBack: frame.fallback ?? true,
    mayClampToBalance: frame.clampToBalance ?? true,
    mayUseCache: wishes.cache ?? false,
    options: answerOptions(frame, wishes, parts),
    fingerprint,
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(wishes.onMidStreamFailure === undefined || wishes.onMidStreamFailure === 'error'
      ? {}
      : { onMidStreamFailure: wishes.onMidStreamFailure }),
    ...(isEmbedding ? { vectors: defined({ encoding: 'float' as const, dimensions: wishes.dimensions }) } : {}),
  };
}

function answerOptions(frame: RequestFrameDto, wishes: AnswerWishesDto, parts: Parts): AnswerOptions {
  const { reasoningEffort, reasoningBudgetTokens } = wishes;
  return defined({
    temperature: frame.temperature ?? undefined,
    topP: frame.topP ?? undefined,
    presencePenalty: wishes.presencePenalty,
    frequencyPenalty: wishes.frequencyPenalty,
    stop: frame.stop == null ? undefined : [frame.stop].flat(),
    seed: wishes.seed,
    tools: parts.tools,
    toolChoice: parts.toolChoice,
    parallelToolCalls: wishes.parallelToolCalls,
    responseFormat: parts.responseFormat,
    reasoning:
      reasoningEffort === undefined && reasoningBudgetTokens === undefined
        ? undefined
        : defined({ effort: reasoningEffort, budgetTokens: reasoningBudgetTokens }),
    topLogprobs: wishes.topLogprobs,
  });
}

/** Of the canonical body (keys sorted, nulls left out as absent), without what may differ between repeats of a request. */
function fingerprintOf(body: Body, parts: Parts): string {
  const canonical: Body = {};
  for (const [name, value] of Object.entries(body))
    if (value !== null && name !== 'id' && name !== 'lastSeq') canonical[name] = parts[name as keyof Parts] ?? value;
  return hash('sha256', stringify(canonical), 'base64url');
}
