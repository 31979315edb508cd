import { parseEnvironment } from '../../config/environment.js';
import { StreamMemory } from '../stream-memory.js';
import { KeepingRoom } from './keeping-room.js';

const MIB = 1024 * 1024;

describe('the room for the words of a streamed answer', () => {
  const memoryOf = (mib: number) => new StreamMemory(parseEnvironment({ STREAM_MEMORY_BYTES: String(mib * MIB) }));

  it('is counted, and ends where the answer would not be kept anyway', () => {
    const memory = memoryOf(64);
    const room = new KeepingRoom(memory);
    expect(room.take(MIB)).toBe(true);
    expect(memory.counters).toMatchObject({ answers: MIB, totalBytes: MIB });
    expect(room.take(1)).toBe(false);
    expect(memory.counters).toMatchObject({ answers: 0, totalBytes: 0 });
  });

  it('is given up where memory is tight, and never makes a provider wait', () => {
    const memory = memoryOf(2);
    const rooms = Array.from({ length: 8 }, () => new KeepingRoom(memory));
    const taken = rooms.map((room) => room.take(MIB / 2));
    expect(taken).toEqual([true, true, ...Array<boolean>(6).fill(false)]);
    expect([memory.isTight, memory.isFull]).toEqual([true, false]);
    expect(rooms[0]!.take(1)).toBe(false);
    expect(memory.counters.answers).toBe(MIB / 2);
    for (const room of rooms) room.free();
    expect(memory.counters).toMatchObject({ answers: 0, totalBytes: 0 });
  });
});
