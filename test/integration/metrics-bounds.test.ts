import { startTestApp, type TestApp } from '../support/app.js';
import { readMetrics } from '../support/metrics.js';
import { RestClient } from '../support/rest-client.js';
import { connect, type SocketClient } from '../support/socket-client.js';

const NAMES = 10_000;
const AT_ONCE = 100;
/** model-names.ts */
const MOST_MODELS = 100;
/** Of the process itself, read in the background, or of the reading: they come and go whatever clients ask. */
const OF_THEIR_OWN =
  /^(nodejs|process|mcp_(database|gathered|queue|video|holds?|usage|audit|alerts))_|route="\/metrics"/;

let gateway: TestApp;
let sockets: SocketClient[];

beforeAll(async () => {
  gateway = await startTestApp({ DEFAULT_PRICE_USD_PER_MTOK: '0.01,0.01', RATE_LIMITS: 'off' });
  sockets = await Promise.all(Array.from({ length: 4 }, (_, n) => connect(gateway.wsUrl, gateway.token(`user-${n}`))));
}, 60_000);
afterAll(async () => {
  await Promise.all(sockets?.map((socket) => socket.close()) ?? []);
  await gateway?.close();
});

/** One request that names what nobody else named: a model that is answered, a provider, a user, a path, an id. */
async function ask(n: number): Promise<void> {
  const name = `made-up-${n}`;
  const chat = { type: 'chat', provider: 'openai', model: name, maxTokens: 5, stream: false };
  const messages = [{ role: 'user', content: 'hi' }];
  const socket = sockets[n % sockets.length]!;
  const rest = () => new RestClient(gateway.url, gateway.token(name));
  if (n % 20 === 0) await socket.ask({ ...chat, id: name, messages }, 60_000);
  else if (n % 20 === 1) await rest().get(`/${name}`);
  else if (n % 20 === 2) await rest().get(`/api/mcp/requests/${name}`);
  else if (n % 20 === 3) await rest().ask('POST', '/v1/chat/completions', JSON.stringify({ model: name }));
  else if (n % 2 === 0) await socket.ask({ ...chat, id: name, messages, provider: name }, 60_000);
  else await socket.ask({ ...chat, id: name, messages, type: name }, 60_000);
  socket.forget(name);
}

async function askAll(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, to - n) }, (_, index) => ask(n + index)));
}

/** The series of all metrics that requests may add to. */
async function series(): Promise<string[]> {
  const { text } = await readMetrics(gateway.url);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !OF_THEIR_OWN.test(line));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' '))).sort();
}

test(`${NAMES} names that clients made up add no series beyond those of ${MOST_MODELS} models`, async () => {
  const first = MOST_MODELS * 20 + 200; // one in twenty is a model that is answered
  await askAll(0, first);
  const before = await series();
  const named = (all: string[]) => new Set(all.join('\n').match(/made-up-\d+/g));
  expect(named(before).size).toBe(MOST_MODELS);
  await askAll(first, NAMES);
  const after = await series();
  expect(named(after)).toEqual(named(before));
  expect(after).toEqual(before);
}, 300_000);
