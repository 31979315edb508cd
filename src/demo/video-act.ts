import { McpClient, type HubEvent } from '@smart-ai-hub/mcp-client';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getJson, postJson } from './rest.js';
import type { Stage } from './stage.js';
import { promise, say, title } from './voice.js';

const PROMPT = 'A paper boat in the rain, drifting past a lit window';
const SECONDS = 8;
/** Far longer than the simulated vendor takes, and than the gateway takes to notice that it is done. */
const WITHIN_MS = 60_000;

interface OrderedVideo {
  videoId: string;
  enhancedPrompt: string;
}

interface FinishedVideo {
  url: string;
  duration: number;
  resolution: string;
  provider: string;
  model: string;
  creditsUsed: number;
}

interface Credits {
  balance: number;
  held: number;
}

/** The video that was shown: the file on the disk, and the signed link that it came by. */
export interface ShownVideo {
  path: string;
  link: string;
}

/** A video, from a prompt to a file on the disk. */
export async function showVideo(stage: Stage): Promise<ShownVideo> {
  title('A video, from a prompt to an MP4 on the disk');
  const before = await getJson<Credits>(stage, '/api/mcp/credits');
  const { ended, close } = watchVideos(stage);
  try {
    const { videoId, enhancedPrompt } = await orderVideo(stage);
    say(`asked for  "${PROMPT}", ${SECONDS} s at 720p`);
    say(`enhanced   "${enhancedPrompt}"`);
    promise(enhancedPrompt !== PROMPT, 'the prompt is enhanced');
    const { event, data } = await ended;
    promise(event === 'video.completed', `the video is completed (it is not: ${JSON.stringify(data.error)})`);
    return await keepVideo(stage, videoId, before);
  } finally {
    close();
  }
}

function orderVideo(stage: Stage): Promise<OrderedVideo> {
  return postJson(stage, '/api/mcp/gpt/video-workflow', {
    workflow: 'text-to-video',
    input: { text: PROMPT },
    parameters: { duration: SECONDS, resolution: '720p', aspectRatio: '16:9' },
    sessionId: stage.userId,
  });
}

/** Tells what the WebSocket says of the user's videos, as it comes. */
function watchVideos({ wsUrl, token }: Stage): { ended: Promise<HubEvent>; close: () => void } {
  const client = new McpClient({ url: wsUrl, token });
  const over = new Promise<HubEvent>((resolve, reject) => {
    const take = (heard: HubEvent) => {
      const { event, data } = heard;
      if (event === 'video.progress') say(`pushed     ${event}, ${Number(data.progress)} %`);
      if (event === 'video.completed' || event === 'video.failed') {
        say(`pushed     ${event}`);
        resolve(heard);
      }
    };
    client.subscribe('videos', take, reject);
  });
  const late = delay(WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`the video was not ready within ${WITHIN_MS / 1_000} s`);
  });
  return { ended: Promise.race([over, late]), close: () => client.close() };
}

/** Fetches the file by its link and looks at what it has cost. */
async function keepVideo(stage: Stage, videoId: string, before: Credits): Promise<ShownVideo> {
  const video = await getJson<FinishedVideo>(stage, `/api/mcp/sora2/status/${videoId}`);
  const link = new URL(video.url, stage.url).href;
  const file = await fetch(link); // the link is signed: no token goes with it
  promise(file.ok, 'the signed link gives the file');
  const bytes = Buffer.from(await file.arrayBuffer());
  const path = join(stage.dataDirectory, `video-${videoId.slice(0, 8)}.mp4`);
  await writeFile(path, bytes);
  say(`written    ${path}: ${bytes.length} bytes, ${video.duration} s, ${video.model} of ${video.provider}`);
  const after = await getJson<Credits>(stage, '/api/mcp/credits');
  const promptCredits = before.balance - after.balance - video.creditsUsed;
  say(`charged    ${video.creditsUsed} credits for the video, ${promptCredits.toFixed(3)} for its prompt`);
  promise(video.duration === SECONDS, `the file lasts ${SECONDS} s`);
  promise(bytes.toString('latin1', 4, 8) === 'ftyp', 'the file is an MP4');
  promise(promptCredits > 0 && promptCredits < 10, 'video and prompt are charged once');
  promise(after.held === before.held, 'nothing is held for it any more');
  return { path, link };
}
