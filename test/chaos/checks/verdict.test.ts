import { planRequests } from '../clients/request-plan.js';
import { History, type RequestRecord, type Showing } from '../history.js';
import { costOf, estimatedDeltas, prepareOracle } from '../oracle.js';
import { Random } from '../random.js';
import type { Stored, StoredRequest } from './stored.js';
import { judge } from './verdict.js';

const GRANTED = 1_000_000n;
const CREDITS = 1e6;

/** A run of one request of three chunks that ended well: what the tests then spoil. */
class Story {
  readonly history = new History();
  readonly record: RequestRecord;
  readonly stored: Stored;

  constructor() {
    const options = { seconds: 10, requestsPerSecond: 50, regimes: ['ample'] as const };
    const plan = planRequests(new Random(1, 'story'), options).find(({ kind, fault }) => kind === 'stream' && !fault)!;
    const behaviour = { ...plan.behaviour, cancel: undefined };
    this.record = this.history.begin({ ...plan, text: ' 1 2 3', promptTokens: 10, maxTokens: undefined, behaviour });
    this.record.fate = 'ended';
    const charged = costOf(10, 3);
    this.history.grants.push({ userId: plan.userId, key: 'k', amount: GRANTED, isAcknowledged: true });
    const frames = [this.chunk(1), this.chunk(2), this.chunk(3), this.done(4, 10, 3)];
    this.show('main', 0, frames);
    this.stored = {
      requests: new Map([[plan.id, this.hold(frames, charged)]]),
      accounts: [
        { id: `user:${plan.userId}`, posted: GRANTED - charged, held: 0n, granted: GRANTED, charged, charges: 1 },
      ],
      generations: new Map([
        [
          plan.model,
          {
            requests: 1,
            entries: [
              {
                wire: 'openai',
                model: plan.model,
                promptTokens: 10,
                completionTokens: 3,
                finished: true,
                requestId: 'r',
                at: 0,
              },
            ],
          },
        ],
      ]),
    };
  }

  get id(): string {
    return this.record.plan.id;
  }

  get hold_(): StoredRequest {
    return this.stored.requests.get(this.id)!;
  }

  /** What is stored and charged ends thus instead. */
  end(frame: string, charged: bigint, usageSource: string): void {
    this.hold_.frames.splice(-1, 1, frame);
    this.record.showings[0]!.frames.splice(-1, 1, { raw: frame, atMs: 50 });
    Object.assign(this.hold_, { charged, outcome: { usageSource } });
    Object.assign(this.stored.accounts[0]!, { charged, posted: GRANTED - charged });
  }

  show(role: Showing['role'], afterSeq: number, frames: readonly string[], node = 'A'): Showing {
    const seen = frames.map((raw, index) => ({ raw, atMs: 20 + index }));
    const showing: Showing = { role, node, afterSeq, askedAtMs: 10, frames: seen, end: 'terminal' };
    this.record.showings.push(showing);
    return showing;
  }

  chunk(seq: number, data = ` ${seq}`): string {
    return JSON.stringify({ id: this.id, type: 'chunk', data, seq });
  }

  done(seq: number, promptTokens: number, completionTokens: number, change: object = {}): string {
    const credits = Number(costOf(promptTokens, completionTokens)) / CREDITS;
    const totalTokens = promptTokens + completionTokens;
    const usage = { promptTokens, completionTokens, totalTokens, credits, usageSource: 'provider', ...change };
    const metadata = { model: 'm', provider: 'openai', finishReason: 'stop', attempts: 1 };
    return JSON.stringify({ id: this.id, type: 'done', seq, usage, metadata, balance: 0 });
  }

  error(seq: number, code: string, promptTokens: number, completionTokens: number, usageSource: string): string {
    const credits = Number(costOf(promptTokens, completionTokens)) / CREDITS;
    const usage = {
      promptTokens,
      completionTokens,
      totalTokens: promptTokens + completionTokens,
      credits,
      usageSource,
    };
    const metadata = { model: 'm', provider: 'openai', finishReason: 'error', attempts: 1 };
    return JSON.stringify({ id: this.id, type: 'error', seq, error: { code, message: 'm' }, usage, metadata });
  }

  fault(kind: 'kill' | 'kill-postmaster', node?: string): void {
    this.history.faults.push({ kind, node, name: kind, atMs: 15, untilMs: 15 });
  }

  rules(): string[] {
    return [...new Set(judge(this.history, this.stored).map(({ rule }) => rule))].sort();
  }

  private hold(frames: string[], charged: bigint): StoredRequest {
    return {
      id: this.id,
      accountId: `user:${this.record.plan.userId}`,
      status: 'settled',
      charged,
      shortfall: 0n,
      amount: 900_000n,
      nodeId: 'node-1',
      finalSeq: 4,
      lifeMs: 100,
      terms: { outputLimit: 4_096, promptTokens: 10 },
      outcome: { usageSource: 'provider', finishReason: 'stop' },
      frames: [...frames],
    };
  }
}

let story: Story;
beforeAll(prepareOracle);
beforeEach(() => {
  story = new Story();
});

describe('the judgement on a run', () => {
  it('has nothing to say where all is well', () => {
    expect(story.rules()).toEqual([]);
  });

  it('sees a gap, a duplicate, and what follows the end', () => {
    const [one, two, three, end] = story.hold_.frames as [string, string, string, string];
    story.show('twin', 0, [one, three, end]);
    expect(story.rules()).toEqual(['order']);
    story = new Story();
    story.show('twin', 0, [one, two, two, three, end]);
    expect(story.rules()).toEqual(['order']);
    story = new Story();
    story.show('twin', 2, [three, end, three]);
    expect(story.rules()).toEqual(['order']);
  });

  it('sees a frame that is not what is stored, and a text that was never written', () => {
    story.show('twin', 0, [story.chunk(1, ' 9')]);
    expect(story.rules()).toEqual(['agreement', 'text']);
  });

  it('sees an answer that stops short and calls itself whole', () => {
    story.hold_.frames.splice(2, 1);
    story.record.showings = [];
    expect(story.rules()).toContain('text');
  });

  it('lets a client be ahead of a log whose database was killed, if the end is honest', () => {
    const ahead = story.chunk(3);
    const tokens = estimatedDeltas([' 1', ' 2']);
    const prompt = story.record.plan.estimatedPromptTokens;
    const end = story.error(3, 'UPSTREAM_LOST', prompt, tokens, 'reaper');
    story.hold_.frames.splice(2, 2, end);
    story.end(end, costOf(prompt, tokens), 'reaper');
    story.record.showings = [];
    story.show('main', 0, [story.chunk(1), story.chunk(2), ahead]);
    story.show('main', 3, [end]);
    expect(story.rules()).toEqual(['agreement', 'order', 'reaped']);
    story.fault('kill-postmaster');
    expect(story.rules()).toEqual([]);
    story.record.showings[0]!.frames.push({ raw: story.chunk(4, ' 7'), atMs: 30 });
    expect(story.rules()).toEqual(['text']);
  });

  it('sees a charge that is not what the tokens cost, by one micro-credit', () => {
    const charged = costOf(10, 3) + 1n;
    story.end(story.done(4, 10, 3, { credits: Number(charged) / CREDITS }), charged, 'provider');
    expect(story.rules()).toEqual(['charge']);
  });

  it("sees a usage that the provider's book does not have", () => {
    story.end(story.done(4, 20, 6), costOf(20, 6), 'provider');
    expect(story.rules()).toEqual(['usage']);
  });

  it('sees an estimate that is not what can be read', () => {
    const prompt = story.record.plan.estimatedPromptTokens;
    const tokens = estimatedDeltas([' 1', ' 2', ' 3']);
    story.end(story.error(4, 'UPSTREAM_LOST', prompt, tokens, 'estimated'), costOf(prompt, tokens), 'estimated');
    expect(story.rules()).toEqual([]);
    story.end(
      story.error(4, 'UPSTREAM_LOST', prompt, tokens + 1, 'estimated'),
      costOf(prompt, tokens + 1),
      'estimated',
    );
    expect(story.rules()).toEqual(['usage']);
  });

  it('sees a second generation, unless the owner may have been lost before its first frame', () => {
    story.stored.generations.get(story.record.plan.model)!.requests = 2;
    expect(story.rules()).toEqual(['generations']);
    story.fault('kill', 'B'); // was not asked
    expect(story.rules()).toEqual(['generations']);
    story.fault('kill', 'A');
    expect(story.rules()).toEqual([]);
  });

  it('sees a cancel that nobody sent, a fault of ours, and a refusal of what is known', () => {
    const prompt = story.record.plan.estimatedPromptTokens;
    const tokens = estimatedDeltas([' 1', ' 2', ' 3']);
    story.end(story.error(4, 'CANCELLED', prompt, tokens, 'estimated'), costOf(prompt, tokens), 'estimated');
    expect(story.rules()).toEqual(['end-code']);
    story.record.cancelledAtMs = 30;
    expect(story.rules()).toEqual([]);
    story.end(story.error(4, 'INTERNAL', prompt, tokens, 'estimated'), costOf(prompt, tokens), 'estimated');
    expect(story.rules()).toEqual(['end-code']);
    story = new Story();
    const late = story.show('again', 0, []);
    Object.assign(late, { askedAtMs: 500, refusal: { code: 'INSUFFICIENT_CREDITS', message: 'm' } });
    expect(story.rules()).toEqual(['refusal']);
  });

  it('sees an id that was used for another request and answered', () => {
    story.record.conflictAnswers.push(story.chunk(1));
    expect(story.rules()).toEqual(['conflict']);
    story.record.conflictAnswers = [
      JSON.stringify({ id: story.id, type: 'error', error: { code: 'CONFLICT', message: 'm' } }),
    ];
    expect(story.rules()).toEqual([]);
  });

  it('sees a stuck client and an open hold', () => {
    story.record.fate = 'stuck';
    expect(story.rules()).toEqual(['end']);
    story.record.fate = 'ended';
    story.hold_.status = 'pending';
    expect(story.rules()).toEqual(['end']);
  });

  it('sees credits that were lost, given twice, or are still held', () => {
    story.stored.accounts[0]!.posted -= 1n;
    expect(story.rules()).toEqual(['conservation']);
    story = new Story();
    story.stored.accounts[0]!.granted *= 2n;
    expect(story.rules()).toEqual(['grants']);
    story = new Story();
    story.stored.accounts[0]!.held = 5n;
    expect(story.rules()).toEqual(['held-at-the-end']);
  });
});
