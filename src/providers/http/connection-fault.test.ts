import { errors } from 'undici';
import { abortedError, connectionError } from './connection-fault.js';

const withCode = (code: string) => Object.assign(new Error(code), { code });

describe('connectionError', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH', 'CERT_HAS_EXPIRED'])(
    'calls %s unreachable',
    (code) => {
      expect(connectionError('openai', withCode(code))).toMatchObject({
        kind: 'unreachable',
        onReusedConnection: false,
      });
    },
  );

  it('calls a connection that was not made in time a timeout', () => {
    expect(connectionError('openai', new errors.ConnectTimeoutError()).kind).toBe('timeout');
    expect(connectionError('openai', withCode('ETIMEDOUT')).kind).toBe('timeout');
  });

  it('calls an answer that is no HTTP malformed', () => {
    expect(connectionError('openai', new errors.HTTPParserError('Invalid constant')).kind).toBe('malformed_response');
    expect(connectionError('openai', withCode('UND_ERR_HEADERS_OVERFLOW')).kind).toBe('malformed_response');
  });

  it('knows by the socket’s counters that the connection had been used', () => {
    const closed = (bytesRead: number) =>
      Object.assign(new errors.SocketError('other side closed'), { socket: { bytesRead } });
    expect(connectionError('openai', closed(120)).onReusedConnection).toBe(true);
    expect(connectionError('openai', closed(0)).onReusedConnection).toBe(false);
  });

  it('names the code and no address, whatever was thrown', () => {
    expect(connectionError('openai', withCode('ECONNREFUSED')).message).toBe(
      'No answer from the provider (ECONNREFUSED)',
    );
    expect(connectionError('openai', 'a string').message).toBe('No answer from the provider (no code)');
  });
});

describe('abortedError', () => {
  it('has the signal’s reason as its cause', () => {
    const reason = new Error('first content took too long');
    expect(abortedError('openai', AbortSignal.abort(reason))).toMatchObject({ kind: 'aborted', cause: reason });
  });
});
