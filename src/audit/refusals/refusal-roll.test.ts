import type { AuditEvent } from '../audit-event.js';
import { RefusalRoll } from './refusal-roll.js';

let events: AuditEvent[];
let roll: RefusalRoll;
beforeEach(() => {
  events = [];
  roll = new RefusalRoll((event) => events.push(event));
});
afterEach(() => roll.close());

test('the first refusal of a user and a code is an event at once, the others are one with their number', () => {
  for (let count = 0; count < 1_000; count++)
    roll.add({ userId: 'eve', code: 'RATE_LIMIT_EXCEEDED', subject: `ws:${count}`, about: { model: 'm' } });
  const first = { actor: 'user:eve', action: 'ai.refused', subject: 'ws:0' };
  expect(events).toEqual([{ ...first, details: { code: 'RATE_LIMIT_EXCEEDED', model: 'm' } }]);
  roll.close();
  const rest = { actor: 'user:eve', action: 'ai.refused', details: { code: 'RATE_LIMIT_EXCEEDED', repeats: 999 } };
  expect(events.slice(1)).toEqual([rest]);
  roll.close();
  expect(events).toHaveLength(2);
});

test('users, codes and administrative routes are counted apart', () => {
  roll.add({ userId: 'eve', code: 'FORBIDDEN' });
  roll.add({ userId: 'eve', code: 'FORBIDDEN', isAdministrative: true });
  roll.add({ userId: 'eve', code: 'LIMIT_EXCEEDED' });
  roll.add({ userId: 'ann', code: 'FORBIDDEN' });
  expect(events.map(({ action }) => action)).toEqual(['ai.refused', 'admin.refused', 'ai.refused', 'ai.refused']);
});

test('a fault of form or of ours is no refusal', () => {
  for (const code of ['VALIDATION_ERROR', 'NOT_FOUND', 'UNAVAILABLE', 'INTERNAL'] as const)
    roll.add({ userId: 'eve', code });
  expect(events).toEqual([]);
});

test('more users than are counted at a time lose no event', () => {
  const each = (userId: string) => {
    roll.add({ userId, code: 'FORBIDDEN' });
    roll.add({ userId, code: 'FORBIDDEN' });
  };
  for (let count = 0; count < 10_001; count++) each(`user-${count}`);
  roll.close();
  expect(events).toHaveLength(20_002);
});
