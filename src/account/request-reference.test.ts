import { clientRequestId, storedRequestIds } from './request-reference.js';

it('an id may be that of a request, or of a video', () => {
  expect(storedRequestIds('a-b')).toEqual(['ws:a-b', 'video:a-b']);
});

it.each(['', 'é', 'a\0', 'x'.repeat(129)])('%j is no id', (id) => {
  expect(storedRequestIds(id)).toEqual([]);
});

it('clients know their own part of it', () => {
  expect(['ws:a', 'video:b', 'ws:video:c', 'other:d'].map(clientRequestId)).toEqual(['a', 'b', 'video:c', 'other:d']);
});
