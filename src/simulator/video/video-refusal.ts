import type { OutgoingHttpHeaders } from 'node:http';

/** The request can't be served; answered as the vendor would. */
export class VideoRefusal extends Error {
  constructor(
    readonly status: number,
    /** JSON, or the text of a page. */
    readonly body: object | string,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(`refused with ${status}`);
    this.name = 'VideoRefusal';
  }
}
