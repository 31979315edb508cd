import type { OutgoingHttpHeaders } from 'node:http';

/** The request can't be served; answered as the vendor would. */
export class VideoRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: object,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(`refused with ${status}`);
    this.name = 'VideoRefusal';
  }
}
