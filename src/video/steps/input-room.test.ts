import { InputRoom } from './input-room.js';

const MIB = 1024 * 1024;

describe('the room for inputs', () => {
  it('is 256 MiB, and as much again when it was given back', () => {
    const room = new InputRoom();
    const places = [1, 2, 3, 4].map(() => room.take(64 * MIB)!);
    expect(places).not.toContain(undefined);
    expect(room.take(1)).toBeUndefined();
    places[0]!();
    expect(room.take(64 * MIB + 1)).toBeUndefined();
    expect(room.take(64 * MIB)).toBeDefined();
    expect(room.take(1)).toBeUndefined();
  });

  it('is never too little for who needs none', () => {
    const room = new InputRoom();
    room.take(256 * MIB);
    expect(room.take(0)).toBeDefined();
  });

  it('is enough for one that is larger than all of it, where it is alone', () => {
    const room = new InputRoom();
    const small = room.take(1)!;
    expect(room.take(300 * MIB)).toBeUndefined();
    small();
    const giveBack = room.take(300 * MIB)!;
    expect(room.take(1)).toBeUndefined();
    giveBack();
    expect(room.take(256 * MIB)).toBeDefined();
  });
});
