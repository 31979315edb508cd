import { jest } from '@jest/globals';
import { callSafely } from './call-safely.js';

afterEach(() => {
  jest.restoreAllMocks();
});

test('what a listener throws is thrown outside, where the application sees it, and nothing stumbles here', () => {
  const later = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => undefined);
  const fault = new Error('of the application');
  callSafely(() => {
    throw fault;
  });
  expect(later.mock.calls[0]![0]).toThrow(fault);
});
