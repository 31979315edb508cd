import type { VideoFormat, VideoOffer, VideoOperation } from '../contract/video-offer.js';
import { formats, type Picture } from '../video/formats.js';

/**
 * What Runway's models make: sizes and lengths as the types of @runwayml/sdk 4.20 list them, prices as its guide does
 * (docs.dev.runwayml.com/guides/pricing: credits a second of $0.01 each). A size that Runway calls 21:9 or 4:3 is that
 * to the pixel or within 1 %.
 */
const LANDSCAPE: Picture = ['16:9', '1280x720'];
const PORTRAIT: Picture = ['9:16', '720x1280'];
const FULL_LANDSCAPE: Picture = ['16:9', '1920x1080'];
const FULL_PORTRAIT: Picture = ['9:16', '1080x1920'];
const FOUR_K_LANDSCAPE: Picture = ['16:9', '3840x2160'];
const FOUR_K: readonly Picture[] = [FOUR_K_LANDSCAPE, ['9:16', '2160x3840']];

/** 12 credits. */
const GEN_4_5 = formats('720p', '0.12', [LANDSCAPE, PORTRAIT]);
const GEN_4_5_FROM_IMAGE = [
  ...GEN_4_5,
  ...formats('720p', '0.12', [
    ['1:1', '960x960'],
    ['4:3', '1104x832'],
    ['3:4', '832x1104'],
    ['21:9', '1584x672'],
  ]),
];
/** 40 credits, with sound. */
const VEO_3_1 = [
  ...formats('720p', '0.40', [LANDSCAPE, PORTRAIT]),
  ...formats('1080p', '0.40', [FULL_LANDSCAPE, FULL_PORTRAIT]),
];
/** Google's page on Veo 3.1 (cloud.google.com/vertex-ai/generative-ai/docs/models/veo/3-1-generate): 24 frames a second. */
const VEO_FRAMES = { mostFramesPerSecond: 24 };
/** 36 credits up to 720p, 40 at 1080p, 150 at 4K. */
const SEEDANCE_2 = [
  ...formats('720p', '0.36', [
    LANDSCAPE,
    PORTRAIT,
    ['1:1', '960x960'],
    ['4:3', '1112x834'],
    ['3:4', '834x1112'],
    ['21:9', '1470x630'],
  ]),
  ...formats('1080p', '0.40', [
    FULL_LANDSCAPE,
    FULL_PORTRAIT,
    ['1:1', '1440x1440'],
    ['4:3', '1664x1248'],
    ['3:4', '1248x1664'],
    ['21:9', '2206x946'],
  ]),
  ...formats('4K', '1.50', [
    ...FOUR_K,
    ['1:1', '3840x3840'],
    ['4:3', '3840x2880'],
    ['3:4', '2880x3840'],
    ['21:9', '3840x1646'],
  ]),
];
/** 28 credits; the input's size is kept. */
const ALEPH_2 = [
  ...formats('720p', '0.28', [LANDSCAPE, PORTRAIT]),
  ...formats('1080p', '0.28', [FULL_LANDSCAPE, FULL_PORTRAIT]),
];
/** 1.2 credits a frame: an input of 60 frames a second costs twice as much as one of 30. */
const UPSCALER = formats('4K', '0.36', [FOUR_K_LANDSCAPE]).map((format) => ({ ...format, usdPerFrame: '0.012' }));

const LONGEST_INPUT_SECONDS = 30;

/** The operations of one model, in the order of preference: the cheapest model that can do it comes first. */
export const RUNWAY_OFFERS: readonly VideoOffer[] = [
  generation('text-to-video', 'gen4.5', range(2, 10), GEN_4_5, 1000),
  generation('text-to-video', 'seedance2', range(4, 15), SEEDANCE_2, 3500),
  { ...generation('text-to-video', 'veo3.1', [4, 6, 8], VEO_3_1, 1000), ...VEO_FRAMES },
  generation('image-to-video', 'gen4.5', range(2, 10), GEN_4_5_FROM_IMAGE, 1000),
  generation('image-to-video', 'seedance2', range(4, 15), SEEDANCE_2, 3500),
  { ...generation('image-to-video', 'veo3.1', [4, 6, 8], VEO_3_1, 1000), ...VEO_FRAMES },
  {
    operation: 'restyle',
    model: 'aleph2',
    seconds: [],
    formats: ALEPH_2,
    inputMatchesSize: true,
    maxInputSeconds: LONGEST_INPUT_SECONDS,
  },
  {
    operation: 'upscale',
    model: 'magnific_video_upscaler_creative',
    seconds: [],
    formats: UPSCALER,
    keepsShape: true,
    maxInputSeconds: LONGEST_INPUT_SECONDS,
  },
];

function generation(
  operation: VideoOperation,
  model: string,
  seconds: readonly number[],
  formats: readonly VideoFormat[],
  maxPromptLength: number,
): VideoOffer {
  return { operation, model, seconds, formats, maxPromptLength };
}

/** Whole numbers, both ends included. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
