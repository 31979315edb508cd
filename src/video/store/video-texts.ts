import { TextCipher, type TextPlace } from '../../common/encryption/text-cipher.js';
import type { WorkflowStepRecord } from '../workflow/workflow-step.js';
import type { RequestedVideo, VideoRecord } from './video-record.js';

/** What users said, in a row of video.video. */
export interface VideoWords {
  prompt: string;
  originalPrompt: string;
  request: RequestedVideo;
}

/** Where each of them is kept. */
export const PLACES = {
  prompt: (videoId: string): TextPlace => ['video.video.prompt', videoId],
  originalPrompt: (videoId: string): TextPlace => ['video.video.original_prompt', videoId],
  style: (videoId: string): TextPlace => ['video.video.request', videoId],
  promptOut: (workflowId: string, step: string): TextPlace => ['video.workflow_step.prompt_out', workflowId, step],
};

/** The words of users in videos and their workflows, as they are kept (docs/privacy.md). */
export class VideoTexts {
  constructor(private readonly cipher: TextCipher) {}

  seal(videoId: string, { prompt, originalPrompt, request }: VideoWords): VideoWords {
    const { style } = request;
    return {
      prompt: this.sealPrompt(videoId, prompt),
      originalPrompt: this.cipher.seal(originalPrompt, PLACES.originalPrompt(videoId)),
      request: style === undefined ? request : { ...request, style: this.cipher.seal(style, PLACES.style(videoId)) },
    };
  }

  sealPrompt(videoId: string, prompt: string): string {
    return this.cipher.seal(prompt, PLACES.prompt(videoId));
  }

  /** What came of a step. */
  sealStep(workflowId: string, step: string, prompt: string): string {
    return this.cipher.seal(prompt, PLACES.promptOut(workflowId, step));
  }

  /**
   * A row whose words are opened when somebody reads them, which then throws UnreadableTextError where they can't be: who
   * polls, copies, charges, cancels or erases a video needs none of them.
   */
  open<T extends Pick<VideoRecord, 'id'> & Partial<VideoWords>>(row: T): T {
    const { id, request } = row;
    this.openLater(row, 'prompt', PLACES.prompt(id));
    this.openLater(row, 'originalPrompt', PLACES.originalPrompt(id));
    if (request) this.openLater(request, 'style', PLACES.style(id));
    return row;
  }

  /** Likewise. What goes into a step is the video's own original prompt, copied by the database as it is. */
  openStep(step: WorkflowStepRecord): WorkflowStepRecord {
    this.openLater(step, 'promptIn', PLACES.originalPrompt(step.videoId));
    this.openLater(step, 'promptOut', PLACES.promptOut(step.workflowId, step.name));
    return step;
  }

  private openLater<K extends string>(row: { [key in K]?: string | null }, key: K, place: TextPlace): void {
    const kept: unknown = row[key];
    if (typeof kept !== 'string' || !TextCipher.isMarked(kept)) return;
    const get = () => this.cipher.open(kept, place);
    Object.defineProperty(row, key, { get, enumerable: true, configurable: true });
  }
}
