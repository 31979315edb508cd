import type { Logger } from '@nestjs/common';
import { RareWarning } from './rare-warning.js';
import { eventually } from '../../../test/support/eventually.js';

function warnings(pauseMs: number) {
  const told: string[] = [];
  const logger = { warn: (text: string) => told.push(text) } as unknown as Logger;
  return { told, trouble: new RareWarning(logger, pauseMs) };
}

describe('RareWarning', () => {
  it('says it once for a while', () => {
    const { told, trouble } = warnings(60_000);
    for (let index = 0; index < 1_000; index++) trouble.warn(`trouble ${index}`);
    expect(told).toEqual(['trouble 0']);
  });

  it('says it again after that, and how often it was not said', async () => {
    const { told, trouble } = warnings(50);
    for (let index = 0; index < 3; index++) trouble.warn('trouble');
    await eventually(() => {
      trouble.warn('again');
      expect(told).toHaveLength(2);
    });
    expect(told[1]).toMatch(/^again \(and \d+ times since the last warning\)$/);
  });
});
