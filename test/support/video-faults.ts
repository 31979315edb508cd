import type { VideoErrorKind } from '../../src/providers/contract/video-provider-error.js';
import { hangUp, json, page, reset, silence, type Answer } from './provider-server.js';

export interface FaultCase {
  fault: string;
  answer: Answer;
  /** Of an order, and of a question. */
  order: VideoErrorKind;
  question: VideoErrorKind;
}

const refusal = (status: number, code?: string, headers?: Record<string, string>) =>
  json(status, { error: { message: 'sk-secret-of-the-vendor says no', code: code ?? null } }, headers);

const cut: Answer = (response, { socket }) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"id": "job-1", ', () => socket.destroy());
};

/** It had passed the request on when the connection to the vendor broke. */
const envoy: Answer = (response) => {
  response.writeHead(503, { 'content-type': 'text/plain', server: 'envoy' });
  response.end('upstream connect error or disconnect/reset before headers. reset reason: connection termination');
};

/** What every strategy makes of a fault, whatever its wire. */
export const FAULTS: readonly FaultCase[] = [
  { fault: 'a reset', answer: reset, order: 'unknown_outcome', question: 'unreachable' },
  { fault: 'the other side closing', answer: hangUp, order: 'unknown_outcome', question: 'unreachable' },
  { fault: 'an answer that is cut', answer: cut, order: 'unknown_outcome', question: 'unreachable' },
  {
    fault: 'a 200 that is no JSON',
    answer: page(200, 'text/html', '<p>Hello</p>'),
    order: 'unknown_outcome',
    question: 'malformed_response',
  },
  {
    fault: 'broken JSON',
    answer: page(200, 'application/json', '{"id": '),
    order: 'unknown_outcome',
    question: 'malformed_response',
  },
  { fault: 'an empty object', answer: json(200, {}), order: 'unknown_outcome', question: 'malformed_response' },
  {
    fault: 'an answer that never ends',
    answer: page(200, 'application/json', 'x'.repeat(2 * 1024 * 1024)),
    order: 'unknown_outcome',
    question: 'unreachable',
  },
  { fault: '502', answer: refusal(502), order: 'unknown_outcome', question: 'server_error' },
  { fault: '504', answer: refusal(504), order: 'unknown_outcome', question: 'server_error' },
  { fault: '524 of a proxy', answer: page(524, 'text/html', ''), order: 'unknown_outcome', question: 'server_error' },
  { fault: '303', answer: page(303, 'text/html', ''), order: 'unknown_outcome', question: 'malformed_response' },
  { fault: '500', answer: refusal(500), order: 'unknown_outcome', question: 'server_error' },
  {
    fault: '500 with a code that says why',
    answer: refusal(500, 'insufficient_quota'),
    order: 'quota_exhausted',
    question: 'quota_exhausted',
  },
  { fault: '501', answer: refusal(501), order: 'unknown_outcome', question: 'server_error' },
  { fault: '408', answer: refusal(408), order: 'unknown_outcome', question: 'bad_request' },
  { fault: '409', answer: refusal(409), order: 'unknown_outcome', question: 'bad_request' },
  { fault: '499 of a proxy', answer: page(499, 'text/html', ''), order: 'unknown_outcome', question: 'bad_request' },
  { fault: '503', answer: refusal(503), order: 'rate_limited', question: 'rate_limited' },
  { fault: '503 of nginx', answer: page(503, 'text/html', ''), order: 'rate_limited', question: 'rate_limited' },
  { fault: '503 of Envoy', answer: envoy, order: 'unknown_outcome', question: 'rate_limited' },
  {
    fault: '503 through Envoy',
    answer: refusal(503, undefined, { server: 'envoy' }),
    order: 'rate_limited',
    question: 'rate_limited',
  },
  { fault: '429', answer: refusal(429), order: 'rate_limited', question: 'rate_limited' },
  {
    fault: '429 without quota',
    answer: refusal(429, 'insufficient_quota'),
    order: 'quota_exhausted',
    question: 'quota_exhausted',
  },
  { fault: '402', answer: refusal(402), order: 'quota_exhausted', question: 'quota_exhausted' },
  { fault: '401', answer: refusal(401), order: 'unauthorized', question: 'unauthorized' },
  { fault: '403', answer: refusal(403), order: 'unauthorized', question: 'unauthorized' },
  { fault: '404', answer: refusal(404), order: 'retired', question: 'job_not_found' },
  { fault: '410', answer: refusal(410), order: 'retired', question: 'job_not_found' },
  {
    fault: '400 for moderation',
    answer: refusal(400, 'moderation_blocked'),
    order: 'moderated',
    question: 'moderated',
  },
  { fault: '400', answer: refusal(400, 'invalid_size'), order: 'bad_request', question: 'bad_request' },
  { fault: '422', answer: json(422, { detail: [] }), order: 'bad_request', question: 'bad_request' },
];

/** For deadlines: nothing ever comes. */
export const NO_ANSWER = silence;
