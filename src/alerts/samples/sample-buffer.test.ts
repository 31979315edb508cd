import { SampleBuffer } from './sample-buffer.js';
import { COUNTERS, GAUGES } from './series.js';

const { calls, requests } = COUNTERS;

describe('SampleBuffer', () => {
  it('adds up by name and label, slot by slot', () => {
    const buffer = new SampleBuffer();
    buffer.count(calls, 'openai');
    buffer.count(calls, 'openai', 2);
    buffer.count(calls, 'claude');
    buffer.close(10);
    buffer.count(calls, 'openai');
    buffer.close(20, [{ name: GAUGES.waiting, label: 'openai', value: 7 }]);
    expect(buffer.unwritten).toEqual([
      {
        number: 1,
        closedAtMs: 10,
        samples: [
          { name: calls, label: 'openai', value: 3 },
          { name: calls, label: 'claude', value: 1 },
        ],
      },
      {
        number: 2,
        closedAtMs: 20,
        samples: [
          { name: calls, label: 'openai', value: 1 },
          { name: GAUGES.waiting, label: 'openai', value: 7 },
        ],
      },
    ]);
  });

  it('makes no slot of nothing', () => {
    const buffer = new SampleBuffer();
    buffer.close(10, [{ name: GAUGES.waiting, label: 'openai', value: 0 }]);
    expect(buffer.unwritten).toEqual([]);
  });

  it('keeps what is not written, and counts on where it forgets', () => {
    const buffer = new SampleBuffer();
    for (const nowMs of [1, 2, 3]) {
      buffer.count(requests);
      buffer.close(nowMs);
    }
    buffer.forget(2);
    buffer.count(requests);
    buffer.close(4);
    expect(buffer.unwritten.map(({ number, closedAtMs }) => [number, closedAtMs])).toEqual([
      [3, 3],
      [4, 4],
    ]);
  });

  it('lets the oldest go where nothing can be written for long', () => {
    const buffer = new SampleBuffer(2);
    for (const nowMs of [1, 2, 3]) {
      buffer.count(requests);
      buffer.close(nowMs);
    }
    expect(buffer.unwritten.map(({ number }) => number)).toEqual([2, 3]);
  });
});
