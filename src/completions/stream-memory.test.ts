import { parseEnvironment } from '../config/environment.js';
import { StreamMemory } from './stream-memory.js';

const MIB = 1024 * 1024;

describe('the memory of all streams', () => {
  const memoryOf = (mib: number) => new StreamMemory(parseEnvironment({ STREAM_MEMORY_BYTES: String(mib * MIB) }));

  it('is 64 MiB where nothing else is said', () => {
    const memory = new StreamMemory(parseEnvironment({}));
    memory.take('sockets', 64 * MIB - 1);
    expect(memory.isFull).toBe(false);
    memory.take('kept', 1);
    expect(memory.isFull).toBe(true);
  });

  it('is tight from its half on, whatever it is used for', () => {
    const memory = memoryOf(8);
    memory.take('unlogged', 2 * MIB);
    memory.take('sockets', 2 * MIB - 1);
    expect(memory.isTight).toBe(false);
    memory.take('kept', 1);
    expect(memory.isTight).toBe(true);
    memory.free('unlogged', 2 * MIB);
    expect(memory.isTight).toBe(false);
    expect(memory.counters).toMatchObject({ unlogged: 0, sockets: 2 * MIB - 1, kept: 1, totalBytes: 2 * MIB });
  });

  it('stays full until a quarter of it is free, and tells those who wait then', async () => {
    const memory = memoryOf(8);
    memory.take('sockets', 9 * MIB);
    const waiting = memory.room();
    memory.free('sockets', 2 * MIB);
    expect(memory.isFull).toBe(true);
    memory.free('sockets', MIB);
    expect(memory.isFull).toBe(false);
    await waiting;
    expect(memory.counters.pauseCount).toBe(1);
  });

  it('lets those who wait look around from time to time', async () => {
    const memory = memoryOf(8);
    memory.take('sockets', 8 * MIB);
    await Promise.all([memory.room(), memory.room()]);
    expect(memory.isFull).toBe(true);
  });
});
