import type { StreamMemory } from '../stream-memory.js';
import { LARGEST_ANSWER_BYTES } from './largest-answer.js';

/**
 * The room that a streamed answer has for its words, to be kept for who asks the same. They are let go of where the memory
 * gets tight: streams wait for those to end that have it, never for what is only kept in case.
 */
export class KeepingRoom {
  private bytes = 0;

  constructor(private readonly memory: StreamMemory) {}

  /** @returns false: there is no room, also not for what was taken before */
  take(bytes: number): boolean {
    if (this.bytes + bytes > LARGEST_ANSWER_BYTES || this.memory.isTight) {
      this.free();
      return false;
    }
    this.bytes += bytes;
    this.memory.take('answers', bytes);
    return true;
  }

  /** Nothing of it is kept any more. */
  free(): void {
    this.memory.free('answers', this.bytes);
    this.bytes = 0;
  }
}
