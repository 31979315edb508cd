import { McpClient, type AnswerResult } from '@smart-ai-hub/mcp-client';
import { LedgerPool } from '../database/ledger-pool.js';
import { startCuttableProxy } from './cuttable-proxy.js';
import { getJson } from './rest.js';
import type { Stage } from './stage.js';
import { promise, quote, say, title } from './voice.js';

interface Asked {
  end: AnswerResult;
  firstTextMs: number;
}

/** A chat, streamed over the WebSocket. */
export async function showChat(stage: Stage): Promise<void> {
  title('A chat, streamed over the WebSocket');
  const { end, firstTextMs } = await ask(stage, 'gpt-4o', 'What does this gateway do for me?', { isQuoted: true });
  say(`first text after ${firstTextMs} ms; ${describe(end)}`);
  promise(end.metadata.provider === 'openai', 'the answer comes from openai');
}

/** The specification's own example of a price. */
export async function showExactPrice(stage: Stage): Promise<void> {
  title("The specification's example: gpt-4, 150 + 300 tokens");
  const question = `[[sim prompt=150 completion=300 gap=0]] ${'Tell me more. '.repeat(12)}`;
  const { end } = await ask(stage, 'gpt-4', question);
  say(describe(end));
  promise(end.usage.credits === 45, 'it costs exactly 45 credits');
}

/** The first provider breaks; the next one answers. */
export async function showFailover(stage: Stage): Promise<void> {
  title('openai now answers every request with a 500: the same question again');
  stage.simulator.setFault({ fault: '500', wire: 'openai' });
  const { end, firstTextMs } = await ask(stage, 'gpt-4o', 'And when a provider fails?', { isQuoted: true });
  stage.simulator.setFault();
  say(`first text after ${firstTextMs} ms, ${end.metadata.attempts} attempts; ${describe(end)}`);
  promise(end.metadata.provider === 'claude', 'claude answers in its place');
  promise(firstTextMs < 2_000, 'the failover takes less than 2 s');
}

/** The connection is cut in mid-answer, twice; the answer is whole. */
export async function showLostConnection(stage: Stage): Promise<void> {
  title('The network is cut twice in the middle of an answer');
  const proxy = await startCuttableProxy(Number(new URL(stage.url).port));
  const cuts = ['40', '80'];
  const onText = (text: string) => {
    if (!cuts[0] || !text.includes(` ${cuts[0]} `)) return;
    cuts.shift();
    proxy.cut();
  };
  const question = '[[sim chunks=120 gap=10 text=numbered]] Count for me.';
  const cuttable = { ...stage, wsUrl: `ws://127.0.0.1:${proxy.port}/mcp` };
  const { end } = await ask(cuttable, 'gpt-4o', question, { onText });
  await proxy.close();
  say(`${end.text.length} characters arrived over three connections, each once and in order; ${describe(end)}`);
  say('the same question again over one connection, to compare (and charged as another one):');
  const { end: whole } = await ask(stage, 'gpt-4o', question);
  say(describe(whole));
  promise(cuts.length === 0, 'the network was cut twice');
  promise(end.text === whole.text, 'the text is the same as over one connection');
  promise(end.usage.credits === whole.usage.credits, 'it costs the same as over one connection');
}

/** What the ledger says of all that. */
export async function showLedger(stage: Stage): Promise<void> {
  title('The ledger after it');
  const { entries } = await getJson<{ entries: Entry[] }>(stage, '/api/mcp/credits/entries');
  for (const { seq, kind, amount, balanceAfter } of [...entries].reverse()) {
    say(`${String(seq).padStart(3)}  ${kind.padEnd(6)} ${String(amount).padStart(14)}  balance ${balanceAfter}`);
  }
  const { balance, held } = await getJson<{ balance: number; held: number }>(stage, '/api/mcp/credits');
  const faults = await stage.app.get(LedgerPool).query('read_audit', 'SELECT * FROM ledger.audit');
  say(`balance ${balance}, held ${held}; the ledger's own audit finds ${faults.length} faults`);
  promise(held === 0, 'nothing is held any more');
  promise(faults.length === 0, 'the audit finds no fault');
  promise(balance === entries[0]?.balanceAfter, "the balance is the last entry's");
}

interface Entry {
  seq: number;
  kind: string;
  amount: number;
  balanceAfter: number;
}

interface AskOptions {
  /** Shows the answer to the person as it comes. */
  isQuoted?: boolean;
  /** Is told the text so far. */
  onText?: (text: string) => void;
}

async function ask(
  { wsUrl, token }: Pick<Stage, 'wsUrl' | 'token'>,
  model: string,
  content: string,
  { isQuoted = false, onText }: AskOptions = {},
): Promise<Asked> {
  const client = new McpClient({
    url: wsUrl,
    token,
    onStatus: (status) => status.state === 'waiting' && say(`interrupted (${status.error.message}), trying again`),
  });
  const begunMs = performance.now();
  let firstTextMs: number | undefined;
  if (isQuoted) quote('   ');
  try {
    const answer = client.chat({ model, messages: [{ role: 'user', content }] });
    for await (const piece of answer) {
      firstTextMs ??= Math.round(performance.now() - begunMs);
      if (isQuoted) quote(piece);
      onText?.(answer.text);
    }
    return { end: await answer.done, firstTextMs: firstTextMs ?? NaN };
  } finally {
    if (isQuoted) quote('\n');
    client.close();
  }
}

function describe({ usage, metadata, balance }: AnswerResult): string {
  return `${metadata.model} at ${metadata.provider}: ${usage.promptTokens} + ${usage.completionTokens} tokens, ${usage.credits} credits; balance ${balance}`;
}
