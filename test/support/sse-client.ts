/** One server-sent event, its data parsed where it is JSON. */
export interface SseEvent {
  event?: string;
  data: unknown;
}

/** A streamed answer over HTTP, read as it comes. */
export class SseAnswer {
  private readonly controller = new AbortController();
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly decoder = new TextDecoder();
  private text = '';

  private constructor(
    readonly response: Response,
    controller: AbortController,
  ) {
    this.controller = controller;
    this.reader = response.body!.getReader();
  }

  /** Sends a request and resolves with its headers. */
  static async post(url: string, body: object, headers: Record<string, string>): Promise<SseAnswer> {
    const controller = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    return new SseAnswer(response, controller);
  }

  /** Everything up to the end, as it came. */
  async rest(): Promise<string> {
    while (await this.read());
    return this.text;
  }

  /** All events up to the end. */
  async events(): Promise<SseEvent[]> {
    return eventsOf(await this.rest());
  }

  /** Reads until so many events have come. */
  async until(count: number): Promise<SseEvent[]> {
    while (eventsOf(this.text).length < count && (await this.read()));
    return eventsOf(this.text);
  }

  /** Closes the connection. */
  abort(): void {
    this.controller.abort();
  }

  private async read(): Promise<boolean> {
    const { done, value } = await this.reader.read();
    if (value) this.text += this.decoder.decode(value, { stream: true });
    return !done;
  }
}

/** The whole events of a text; comments are left out. */
export function eventsOf(text: string): SseEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const lines = block.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) return [];
    const event = field('event');
    return [
      { ...(event === undefined ? {} : { event }), data: data.startsWith('{') ? (JSON.parse(data) as unknown) : data },
    ];
  });
}
