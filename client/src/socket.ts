/** One WebSocket, whatever it is made of. */
export interface Socket {
  send(text: string): void;
  /** Says goodbye. */
  close(): void;
  /** Lets go of a connection that is dead. */
  abandon(): void;
}

export interface SocketHandlers {
  onMessage(text: string): void;
  /** A socket that was open is gone; one that never opened rejects `OpenSocket` instead. Once. */
  onClose(code: number, reason: string): void;
}

export interface SocketTarget {
  /** `ws://host:port/mcp` or `wss://…` */
  url: string;
  token: string;
  /** Aborted: nobody waits for it any more. */
  signal: AbortSignal;
}

/** @throws McpError `retryable` where another try may help; UNAUTHORIZED where the token is refused */
export type OpenSocket = (target: SocketTarget, handlers: SocketHandlers) => Promise<Socket>;

/** What differs between a browser and Node. */
export interface Platform {
  openSocket: OpenSocket;
  /** Tells when the network went (false), or the network or the page came back (true). @returns what ends the listening */
  onNetwork(listener: (isBack: boolean) => void): () => void;
  /** Tells when the page may be about to go. @returns what ends the listening */
  onLeave(listener: () => void): () => void;
}
