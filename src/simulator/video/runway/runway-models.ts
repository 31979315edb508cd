import type { Size } from '../size.js';

/** How many seconds a model makes: each whole number in between, or only some. */
type Durations = { from: number; to: number } | { some: readonly number[] };

export interface RunwayModel {
  durations: Durations;
  /** What is made where the body has no `duration`; absent: it has to have one. */
  usualSeconds?: number;
  ratios: readonly string[];
  /** What is made where the body has no `ratio`; absent: it has to have one. */
  usualRatio?: string;
  /** By what it makes: the first of so many pixels. */
  creditsPerSecond: readonly { pixels: number; credits: number }[];
  /** The price without sound, where `audio: false` saves something. */
  silentCreditsPerSecond?: number;
  /** In UTF-16 units. */
  promptLength: number;
}

const flat = (credits: number) => [{ pixels: Infinity, credits }];
const WIDE_AND_TALL = ['1280:720', '720:1280'];
const GEN4_IMAGE = [...WIDE_AND_TALL, '1104:832', '960:960', '832:1104', '1584:672'];
const VEO = [...WIDE_AND_TALL, '1080:1920', '1920:1080'];
const SEEDANCE = [
  ...['992:432', '864:496', '752:560', '640:640', '560:752', '496:864', '1470:630', '1280:720', '1112:834', '960:960'],
  ...['834:1112', '720:1280', '2206:946', '1920:1080', '1664:1248', '1440:1440', '1248:1664', '1080:1920'],
  ...['3840:1646', '3840:2160', '3840:2880', '3840:3840', '2880:3840', '2160:3840'],
];

const GEN4_5: RunwayModel = {
  durations: { from: 2, to: 10 },
  ratios: WIDE_AND_TALL,
  creditsPerSecond: flat(12),
  promptLength: 1_000,
};
const VEO3_1: RunwayModel = {
  durations: { some: [4, 6, 8] },
  usualSeconds: 8,
  ratios: VEO,
  creditsPerSecond: flat(40),
  silentCreditsPerSecond: 20,
  promptLength: 1_000,
};
const VEO3_1_FAST: RunwayModel = { ...VEO3_1, creditsPerSecond: flat(15), silentCreditsPerSecond: 10 };
const SEEDANCE2: RunwayModel = {
  durations: { from: 4, to: 15 },
  usualSeconds: 5,
  ratios: SEEDANCE,
  usualRatio: '1280:720',
  creditsPerSecond: [
    { pixels: 1_000_000, credits: 36 }, // 720p, whatever its shape
    { pixels: 2_100_000, credits: 40 }, // 1080p
    { pixels: Infinity, credits: 150 },
  ],
  promptLength: 3_500,
};

/** What each endpoint makes with which model: types of @runwayml/sdk 4, prices of Runway's list in credits of a cent. */
export const TEXT_MODELS: Record<string, RunwayModel> = {
  'gen4.5': GEN4_5,
  'veo3.1': VEO3_1,
  'veo3.1_fast': VEO3_1_FAST,
  seedance2: SEEDANCE2,
};
export const IMAGE_MODELS: Record<string, RunwayModel> = {
  ...TEXT_MODELS,
  'gen4.5': { ...GEN4_5, ratios: GEN4_IMAGE },
  gen4_turbo: { ...GEN4_5, ratios: GEN4_IMAGE, usualSeconds: 10, creditsPerSecond: flat(5) },
};
/** aleph2's result is as long and as large as the video that it takes. */
export const ALEPH_CREDITS_PER_SECOND = 28;
export const VIDEO_MODELS: Record<string, RunwayModel> = { seedance2: SEEDANCE2 };

export const MICRO_USD_PER_CREDIT = 10_000;

/** The longer side, in pixels, of what `video_upscale` makes. */
export const UPSCALED_SIDES: Record<string, number> = { '720p': 1_280, '1k': 1_920, '2k': 2_560, '4k': 3_840 };
/** Frames of the input. */
export const UPSCALE_CREDITS_PER_FRAME = 1.2;

export function allowsSeconds({ durations }: RunwayModel, seconds: number): boolean {
  if ('some' in durations) return durations.some.includes(seconds);
  return Number.isInteger(seconds) && seconds >= durations.from && seconds <= durations.to;
}

/** What a second costs, in credits. @param audio as the body says it */
export function creditsPerSecond(model: RunwayModel, { width, height }: Size, audio: unknown): number {
  if (audio === false && model.silentCreditsPerSecond !== undefined) return model.silentCreditsPerSecond;
  return model.creditsPerSecond.find(({ pixels }) => pixels >= width * height)!.credits;
}
