import { once } from 'node:events';
import type { Answer } from './provider-server.js';

/** Escaped in JSON as six characters: an answer's frames become that much larger than its text. */
const DEAR = '\u0001';

export interface FloodOptions {
  deltas: number;
  /** Characters of each delta. */
  characters: number;
}

/** An answer on OpenAI's wire, as fast as its reader takes it. */
export class Flood {
  /** Deltas that the reader's side has taken. */
  written = 0;

  constructor(private readonly options: FloodOptions) {}

  /** The answer's text; each delta begins with its number. */
  text(): string {
    return Array.from({ length: this.options.deltas }, (_, index) => this.delta(index)).join('');
  }

  /** What the frames of the answer are at least, in bytes. */
  get bytes(): number {
    return this.options.deltas * this.options.characters * JSON.stringify(DEAR).slice(1, -1).length;
  }

  readonly answer: Answer = (response, request) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const pour = async () => {
      for (let index = 0; index < this.options.deltas && !request.socket.destroyed; index++) {
        const isTaken = response.write(event({ choices: [{ index: 0, delta: { content: this.delta(index) } }] }));
        if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
        this.written++;
      }
      response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
      response.end(event({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 500 } }) + 'data: [DONE]\n\n');
    };
    void pour();
  };

  private delta(index: number): string {
    return `${index} ${DEAR.repeat(this.options.characters)}`;
  }
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
