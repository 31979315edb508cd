import { Agent } from 'undici';

/** The connections of one video provider. */
export class VideoTransport {
  private readonly agent = new Agent();

  /** Closes every connection; running calls fail. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
