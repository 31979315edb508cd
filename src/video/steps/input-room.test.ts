import { INPUT_ROOM_BYTES, InputRoom } from './input-room.js';

const HALF = INPUT_ROOM_BYTES / 2;

describe('the room for inputs', () => {
  it('is there once, and again when it was given back', () => {
    const room = new InputRoom();
    const giveBack = room.take(HALF)!;
    expect(room.take(HALF)).toBeDefined();
    expect(room.take(1)).toBeUndefined();
    giveBack();
    expect(room.take(HALF + 1)).toBeUndefined();
    expect(room.take(HALF)).toBeDefined();
    expect(room.take(1)).toBeUndefined();
  });

  it('is never too little for who needs none', () => {
    const room = new InputRoom();
    room.take(INPUT_ROOM_BYTES);
    expect(room.take(0)).toBeDefined();
  });

  it('is enough for one that is larger than all of it, where it is alone', () => {
    const room = new InputRoom();
    const giveSmallBack = room.take(1)!;
    expect(room.take(INPUT_ROOM_BYTES + 1)).toBeUndefined();
    giveSmallBack();
    const giveBack = room.take(INPUT_ROOM_BYTES + 1)!;
    expect(room.take(1)).toBeUndefined();
    giveBack();
    expect(room.take(INPUT_ROOM_BYTES)).toBeDefined();
  });
});
