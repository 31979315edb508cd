/** Requests of the WebSocket are stored under this prefix and the client's own id, videos under theirs. */
const REQUEST = 'ws:';
const VIDEO = 'video:';
const CLIENT_ID = /^[\x20-\x7e]{1,128}$/;

/** What an id that a client asks for may be in the ledger, the likeliest first; none where no request can have that id. */
export function storedRequestIds(clientId: string): string[] {
  return CLIENT_ID.test(clientId) ? [REQUEST + clientId, VIDEO + clientId] : [];
}

/** The id of a stored request as its client knows it. */
export function clientRequestId(storedId: string): string {
  const prefix = [REQUEST, VIDEO].find((each) => storedId.startsWith(each)) ?? '';
  return storedId.slice(prefix.length);
}
