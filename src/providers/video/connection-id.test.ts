import { connectionId } from './connection-id.js';

describe('connectionId', () => {
  it('is the same wherever it is made: jobs are found by it after a restart', () => {
    expect(connectionId('sora', 'https://a.example/v1', 'sk-key')).toBe('sora:cdb16a5bd690542a');
  });

  it('differs by provider, address and key, however they are put together', () => {
    const ids = [
      connectionId('sora', 'https://a.example/v1', 'k'),
      connectionId('sora2', 'https://a.example/v1', 'k'),
      connectionId('sora', 'https://a.example/v', '1k'),
      connectionId('sora', 'https://a.example/v1', 'l'),
      connectionId('sora', 'https://a.example/v1'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows nothing of the key', () => {
    expect(connectionId('sora', 'https://a.example/v1', 'secret')).toMatch(/^sora:[0-9a-f]{16}$/);
  });
});
