import { Inject, Injectable } from '@nestjs/common';
import { Observers } from '../../common/observers.js';
import { AnswerReports, type AnswerReport } from '../../completions/answer-report.js';
import { verdictOnAnswer, verdictOnRefusal, type RequestVerdict } from './request-verdict.js';

/** Judges every request of this process, once, when it is over. */
@Injectable()
export class RequestJudge {
  /** Of every request that counts. */
  readonly verdicts = new Observers<Exclude<RequestVerdict, 'not counted'>>();
  /** From each request to the first of its answer, or to the whole of one that is not streamed, in milliseconds. */
  readonly responses = new Observers<number>();

  constructor(@Inject(AnswerReports) reports: AnswerReports) {
    reports.add((report) => this.answered(report));
    reports.refusals.add(({ code }) => this.judge(verdictOnRefusal(code)));
  }

  private answered({ job, outcome, delivery, endedAtMs }: AnswerReport): void {
    this.judge(verdictOnAnswer(outcome));
    const { isBackground, isStreamed } = job.request;
    if (isBackground) return; // nobody waits for those
    const firstAtMs = isStreamed ? delivery.firstAtMs : outcome === 'done' ? endedAtMs : undefined;
    if (firstAtMs !== undefined) this.responses.tell(firstAtMs - job.receivedAtMs);
  }

  private judge(verdict: RequestVerdict): void {
    if (verdict !== 'not counted') this.verdicts.tell(verdict);
  }
}
