import type { RequestRecord, Showing } from '../history.js';
import type { Random } from '../random.js';
import type { Line } from './line.js';
import type { Scene } from './scene.js';
import { show } from './show.js';

const TWIN_PATIENCE_MS = 8_000;
const ANSWER_WITHIN_MS = 5_000;

/** What happens to a request beside its client's own watching: twins, cancels, conflicts, repeats. */
export class SideActs {
  private readonly running: Promise<unknown>[] = [];
  private hasTwin = false;
  private hasConflict = false;
  private hasCancelled = false;

  constructor(
    private readonly scene: Scene,
    private readonly record: RequestRecord,
    private readonly random: Random,
  ) {}

  /** So many frames were shown on this socket. */
  after(count: number, line: Line): void {
    const { twinAfter, conflictAfter, cancel } = this.record.plan.behaviour;
    if (twinAfter !== undefined && count >= twinAfter && !this.hasTwin) {
      this.hasTwin = true;
      this.start(() => this.look('twin', TWIN_PATIENCE_MS));
    }
    if (conflictAfter !== undefined && count >= Math.max(1, conflictAfter)) this.start(() => this.conflict());
    if (cancel && count >= cancel.afterFrames && !this.hasCancelled) {
      this.hasCancelled = true;
      this.record.cancelledAtMs = this.scene.clock.ms;
      if (cancel.isElsewhere) this.start(() => this.cancelElsewhere());
      else line.send({ id: this.record.plan.id, cancel: true });
    }
  }

  /** Waits for what runs; then the same is asked for again, if that is planned. */
  async finish(): Promise<void> {
    await Promise.all(this.running);
    if (this.record.fate !== 'ended') return;
    const { conflictAfter, repeats } = this.record.plan.behaviour;
    if (conflictAfter !== undefined) await this.conflict().catch(() => undefined);
    if (repeats) await this.look('again', TWIN_PATIENCE_MS).catch(() => undefined);
  }

  private start(act: () => Promise<unknown>): void {
    this.running.push(act().catch(() => undefined)); // a node that can't be reached is no fault of the answer's
  }

  private async look(role: Showing['role'], patienceMs: number): Promise<void> {
    const { plan } = this.record;
    const line = await this.freshLine();
    await show(this.scene, this.record, { role, line, frame: plan.body, afterSeq: 0, patienceMs });
    line.drop();
  }

  private async cancelElsewhere(): Promise<void> {
    const line = await this.freshLine();
    const patienceMs = TWIN_PATIENCE_MS;
    const afterSeq = Number.MAX_SAFE_INTEGER; // only the end is shown
    await show(this.scene, this.record, { role: 'cancel', line, frame: { cancel: true }, afterSeq, patienceMs });
    line.drop();
  }

  /** Another request under the same id, which is known by now: once. */
  private async conflict(): Promise<void> {
    if (this.hasConflict) return;
    this.hasConflict = true;
    const { plan } = this.record;
    const line = await this.freshLine();
    const answer = new Promise<string>((resolve) => {
      line.watch(plan.id, (raw) => resolve(raw));
      void line.closed.then(() => resolve('closed'));
      setTimeout(() => resolve('silent'), ANSWER_WITHIN_MS);
    });
    line.send({ ...plan.body, temperature: 0.5, id: plan.id });
    this.record.conflictAnswers.push(await answer);
    line.drop();
  }

  private freshLine(): Promise<Line> {
    const { userId, id } = this.record.plan;
    return this.scene.lines.get(userId, this.random.pick(this.scene.nodes), id, true);
  }
}
