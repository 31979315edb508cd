import { Injectable } from '@nestjs/common';

/** Of the inputs of all orders that one worker sends at once. Sending one takes three to four times its size of memory. */
export const INPUT_ROOM_BYTES = 128 * 1024 * 1024;

/** A worker's memory for the inputs of orders, which are read whole: many large ones at once would be too much for it. */
@Injectable()
export class InputRoom {
  private takenBytes = 0;

  /**
   * An input that is larger than all the room has it where it is alone.
   * @param bytes of the input; 0: there is none
   * @returns what gives the room back; undefined: there is too little now
   */
  take(bytes: number): (() => void) | undefined {
    const isTooMuch = this.takenBytes + bytes > INPUT_ROOM_BYTES;
    if (isTooMuch && this.takenBytes > 0 && bytes > 0) return undefined;
    this.takenBytes += bytes;
    return () => void (this.takenBytes -= bytes);
  }
}
