/** What of an SDK's request options matters here. */
interface FramedOptions {
  path: string;
  body?: unknown;
  fetchOptions?: object | undefined;
}

/**
 * What an SDK builds around a body (address, key, headers) is the same for every request to one path, and building it
 * anew is a third of a request's cost. The SDK builds it once per path; after that only the body and the call's own
 * options are put in. Right only for clients whose key is fixed and whose calls bring no headers of their own.
 */
export class RequestFrames<Built extends { req: object }> {
  private readonly frames = new Map<string, Built>();

  /** `buildFrame` is the SDK's own way to build the request. */
  async build(options: FramedOptions, buildFrame: () => Promise<Built>): Promise<Built> {
    const { path, body, fetchOptions } = options;
    const frame = this.frames.get(path);
    if (frame) return { ...frame, req: { ...frame.req, body: JSON.stringify(body), ...fetchOptions } };
    const built = await buildFrame();
    this.frames.set(path, { ...built, req: { ...built.req, body: undefined, ...absent(fetchOptions) } });
    return built;
  }
}

/** The frame must not keep the first call's signal. */
function absent(fetchOptions: object | undefined): object {
  return Object.fromEntries(Object.keys(fetchOptions ?? {}).map((name) => [name, undefined]));
}
