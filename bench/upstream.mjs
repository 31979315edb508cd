/**
 * A provider that costs next to nothing: `node bench/upstream.mjs [PORT]`. It speaks OpenAI's streamed chat completions;
 * the model name is the script: `sim-100-20ms` sends 100 chunks, each 20 ms after the one before (0ms: all at once).
 * dist/simulator can do far more, and takes far more of the processor that the benchmark has to share.
 */
import { createServer } from 'node:http';
import { announcePort } from './announce-port.mjs';

const SCRIPT = /^sim-(\d{1,6})-(\d{1,6})ms$/;
const WORD = ' lorem';
const HEAD = { id: 'bench', object: 'chat.completion.chunk', created: 1 };
const KEEP_ALIVE_MS = 60_000;

/** The texts of one model's events, made once. */
const eventsByModel = new Map();

function eventsOf(model) {
  let events = eventsByModel.get(model);
  if (!events) eventsByModel.set(model, (events = makeEvents(model)));
  return events;
}

function makeEvents(model) {
  const event = (choice) => eventOf({ ...HEAD, model, choices: [{ index: 0, ...choice }] });
  return {
    first: event({ delta: { role: 'assistant', content: WORD }, finish_reason: null }),
    next: event({ delta: { content: WORD }, finish_reason: null }),
    finish: event({ delta: {}, finish_reason: 'stop' }),
  };
}

const eventOf = (data) => `data: ${JSON.stringify(data)}\n\n`;

function answer(text, response) {
  const { model, messages } = JSON.parse(text);
  const [, count, gapMs] = SCRIPT.exec(model) ?? [];
  if (count === undefined) return refuse(response, `model '${model}' is no script; expected sim-N-Mms`);
  const promptTokens = JSON.stringify(messages).length >> 2;
  const stream = { response, events: eventsOf(model), count: Number(count), promptTokens };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  if (gapMs === '0') sendAtOnce(stream);
  else sendSlowly(stream, Number(gapMs));
}

/** Back to back, but each event a write of its own, as a provider sends what it generates. */
function sendAtOnce(stream) {
  for (let sent = 0; sent < stream.count; sent++) stream.response.write(chunksOf(stream, sent, sent + 1));
  stream.response.end(endOf(stream));
}

function refuse(response, message) {
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { type: 'invalid_request_error', code: 'model_not_found', message } }));
}

function sendSlowly(stream, gapMs) {
  const { response, count } = stream;
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    const isLast = sent + 1 >= count;
    const chunk = chunksOf(stream, sent, ++sent);
    if (!isLast) return void response.write(chunk);
    clearInterval(timer);
    response.end(chunk + endOf(stream));
  }, gapMs);
  response.once('close', () => clearInterval(timer));
}

/** The chunks from one number up to another. */
function chunksOf({ events }, from, to) {
  return from === 0 ? events.first + events.next.repeat(to - 1) : events.next.repeat(to - from);
}

function endOf({ events, count, promptTokens }) {
  const usage = { prompt_tokens: promptTokens, completion_tokens: count, total_tokens: promptTokens + count };
  return `${events.finish}${eventOf({ ...HEAD, choices: [], usage })}data: [DONE]\n\n`;
}

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part) => (text += part));
  request.on('end', () => answer(text, response));
});
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => announcePort(server));
