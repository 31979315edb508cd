import type { JsonObject } from '../../wires/wire.js';
import { clipSizes } from '../clip-folder.js';
import { nearestSize, readSize, sizeText, type Size } from '../size.js';
import type { VideoExchange } from '../video-exchange.js';
import type { VideoOrder } from '../video-job.js';
import type { VideoWorld } from '../video-world.js';
import { framesOfInput, inputNote, measureInput, readImage, readInput, type RunwayInput } from './runway-input.js';
import * as models from './runway-models.js';
import { invalidBody, refusal, type Issue } from './runway-refusals.js';

const UPSCALE_SECONDS = 30;

/** Reads what one endpoint is asked for. @throws VideoRefusal */
export type ReadOrder = (
  body: JsonObject,
  exchange: VideoExchange,
  world: VideoWorld,
) => VideoOrder | Promise<VideoOrder>;

/** The endpoints that begin tasks, by their paths. */
export const RUNWAY_ENDPOINTS: Record<string, ReadOrder> = {
  '/text_to_video': (body) => generation(body, models.TEXT_MODELS, {}, true),
  '/image_to_video': (body, exchange, world) =>
    generation(body, models.IMAGE_MODELS, readImage(body.promptImage, exchange, world), body.model === 'gen4.5'),
  '/video_to_video': (body, exchange, world) => {
    if (body.model === 'aleph2') return restyle(body, readInput(body.videoUri, 'videoUri', exchange, world));
    return generation(body, models.VIDEO_MODELS, readInput(body.promptVideo, 'promptVideo', exchange, world), false);
  },
  '/video_upscale': (body, exchange, world) => upscale(body, readInput(body.videoUri, 'videoUri', exchange, world)),
};

function generation(
  body: JsonObject,
  known: Record<string, models.RunwayModel>,
  input: RunwayInput,
  needsPrompt: boolean,
): VideoOrder {
  const model = modelOf(body, known);
  const prompt = promptOf(body, model.promptLength, needsPrompt);
  const seconds = body.duration ?? model.usualSeconds;
  if (typeof seconds !== 'number' || !models.allowsSeconds(model, seconds)) throw wrong('duration');
  const size = sizeOf(body, model);
  const credits = seconds * models.creditsPerSecond(model, size, body.audio);
  return order(body, 'create', prompt, size, seconds, credits, input);
}

/** As long and as large as its input. */
async function restyle(body: JsonObject, input: RunwayInput): Promise<VideoOrder> {
  const { seconds, ...size } = await measureInput(input);
  const credits = seconds * models.ALEPH_CREDITS_PER_SECOND;
  return order(body, 'edit', promptOf(body, Infinity, false), nearestSize(clipSizes(), size), seconds, credits, input);
}

async function upscale(body: JsonObject, input: RunwayInput): Promise<VideoOrder> {
  if (body.model !== 'magnific_video_upscaler_creative') throw wrong('model');
  const { resolution = '2k' } = body;
  const longSide = typeof resolution === 'string' ? models.UPSCALED_SIDES[resolution] : undefined;
  if (longSide === undefined) throw wrong('resolution');
  const { seconds, ...size } = await measureInput(input);
  if (seconds > UPSCALE_SECONDS) throw refusal(400, `Invalid asset: longer than ${UPSCALE_SECONDS} seconds.`);
  const sizes = clipSizes().filter(({ width, height }) => Math.max(width, height) === longSide);
  const credits = (await framesOfInput(input)) * models.UPSCALE_CREDITS_PER_FRAME;
  return order(body, 'upscale', '', nearestSize(sizes, size), seconds, credits, input);
}

function order(
  { model }: JsonObject,
  operation: VideoOrder['operation'],
  prompt: string,
  { width, height }: Size,
  seconds: number,
  credits: number,
  input: RunwayInput,
): VideoOrder {
  const priceMicroUsd = Math.round(credits * models.MICRO_USD_PER_CREDIT);
  const what = { operation, model: String(model), prompt, seconds, width, height, priceMicroUsd };
  return { wire: 'runway', ...what, ...inputNote(input) };
}

function modelOf({ model }: JsonObject, known: Record<string, models.RunwayModel>): models.RunwayModel {
  const found = typeof model === 'string' && Object.hasOwn(known, model) ? known[model] : undefined;
  if (!found) throw wrong('model');
  return found;
}

function promptOf({ promptText }: JsonObject, maximum: number, isNeeded: boolean): string {
  if (promptText === undefined && !isNeeded) return '';
  if (typeof promptText !== 'string' || promptText === '' || promptText.length > maximum) throw wrong('promptText');
  return promptText;
}

function sizeOf({ ratio }: JsonObject, model: models.RunwayModel): Size {
  const asked = ratio ?? model.usualRatio;
  const size = readSize(asked, ':');
  if (!size || !model.ratios.includes(sizeText(size).replace('x', ':'))) throw wrong('ratio');
  return size;
}

function wrong(name: string) {
  const issue: Issue = { path: [name], message: 'Invalid input' };
  return invalidBody(issue);
}
