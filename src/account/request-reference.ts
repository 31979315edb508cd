/** Requests of the WebSocket are stored under this prefix and the client's own id. */
const PREFIX = 'ws:';
const CLIENT_ID = /^[\x20-\x7e]{1,128}$/;

/** The ledger's id of a client's request; undefined where no request can have that id. */
export function storedRequestId(clientId: string): string | undefined {
  return CLIENT_ID.test(clientId) ? PREFIX + clientId : undefined;
}

/** The client's own id of a stored request. */
export function clientRequestId(storedId: string): string {
  return storedId.startsWith(PREFIX) ? storedId.slice(PREFIX.length) : storedId;
}
