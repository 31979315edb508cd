import { randomUUID } from 'node:crypto';
import { showChat, showExactPrice, showFailover, showLedger, showLostConnection } from './acts.js';
import { startStage, type Stage } from './stage.js';
import { showVideo } from './video-act.js';
import { say, title } from './voice.js';

/**
 * The main job once, for real: every line printed is read off what happened, and what did not happen as promised ends
 * the demo with 1.
 */
export async function runDemo(): Promise<number> {
  const begunMs = performance.now();
  let stage: Stage | undefined;
  try {
    title('Starting a gateway, its database and a simulated AI provider, on free ports');
    stage = await startStage(`demo-${randomUUID().slice(0, 8)}`);
    say(`gateway    ${stage.wsUrl}`);
    say(`database   an embedded PostgreSQL under ${stage.dataDirectory}`);
    say(
      `providers  openai, claude and sora, all simulated at ${stage.providerUrl}: the real strategies talk to it over HTTP`,
    );
    say(`user       ${stage.userId}, new here, with 10,000 credits`);
    await showChat(stage);
    await showExactPrice(stage);
    await showFailover(stage);
    await showLostConnection(stage);
    await showVideo(stage);
    await showLedger(stage);
    title(`All as promised, in ${((performance.now() - begunMs) / 1_000).toFixed(1)} s`);
    return 0;
  } catch (error) {
    title(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await stage?.end();
  }
}
