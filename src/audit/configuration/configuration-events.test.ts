import { configurationApplied, configurationRefused } from './configuration-events.js';

const OLD = { id: '7', digest: 'aaa' };

test('a change is told with what it replaced, and nothing where it is what the trail tells already', () => {
  expect(configurationApplied('bbb', OLD)).toMatchObject({
    actor: 'house:configuration',
    action: 'config.applied',
    subject: 'bbb',
    details: { digest: 'bbb', replaced: 'aaa' },
  });
  expect(configurationApplied('aaa', OLD)).toBeUndefined();
});

test('the first file is a change, no file at all is none, and a file that is given up is one', () => {
  expect(configurationApplied('aaa', undefined)!.details).toEqual({ digest: 'aaa', replaced: null });
  expect(configurationApplied(undefined, undefined)).toBeUndefined();
  expect(configurationApplied(undefined, OLD)!.details).toEqual({ digest: null, replaced: 'aaa' });
  expect(configurationApplied(undefined, { id: '8', digest: null })).toBeUndefined();
});

test('nodes that find the same change write one event; the same change later is another one', () => {
  const { key } = configurationApplied('bbb', OLD)!;
  expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(configurationApplied('bbb', { ...OLD })!.key).toBe(key);
  expect(configurationApplied('bbb', { ...OLD, id: '9' })!.key).not.toBe(key);
});

test('a file that can not be used is told once, and never in its words', () => {
  const faults = ["roles.user: must not be 'sk-secret'"];
  const event = configurationRefused(faults, 'aaa', OLD);
  expect(event).toMatchObject({ action: 'config.refused', details: { inForce: 'aaa', faults: 1 } });
  expect(JSON.stringify(event)).not.toContain('sk-secret');
  expect(configurationRefused(faults, 'aaa', OLD).key).toBe(event.key);
  expect(configurationRefused(['another'], 'aaa', OLD).key).not.toBe(event.key);
  expect(configurationRefused(faults, 'aaa', { ...OLD, id: '9' }).key).not.toBe(event.key);
});
