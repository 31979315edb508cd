import type { VideoFormat, VideoOffer } from '../contract/video-offer.js';
import type { KnownOffers } from '../video/configured-offers.js';
import { formats } from '../video/formats.js';
import type { SoraDialect } from './sora-dialects.js';

/** What a server of one's own is asked to make where its model is not known by name: whatever it was started with. */
export const OWN_MODEL = 'default';

const LENGTHS = [4, 8, 12, 16, 20];
/** An extended video lasts 120 s at most, the extension included (OpenAI's guide to video generation). */
const LONGEST_EXTENDED_SECONDS = 120;
const LONGEST_EXTENSION_SECONDS = 20;

/** OpenAI's list prices: $0.10 a second at 720p; pro $0.30, $0.50 at 1792×1024, $0.70 at 1080p. */
const SORA_2 = formats('720p', '0.10', [
  ['16:9', '1280x720'],
  ['9:16', '720x1280'],
]);
const SORA_2_PRO = [
  ...formats('720p', '0.30', [
    ['16:9', '1280x720'],
    ['9:16', '720x1280'],
  ]),
  ...formats('1080p', '0.70', [
    ['16:9', '1920x1080'],
    ['9:16', '1080x1920'],
  ]),
  // Neither 720p nor 1080p: the nearer of the two, and last, so that only whoever asks for 7:4 gets it.
  ...formats('1080p', '0.50', [
    ['7:4', '1792x1024'],
    ['4:7', '1024x1792'],
  ]),
];

/** Nothing is known of what a second costs on one's own machines: OpenAI's price. */
const OWN_USD_PER_SECOND = '0.10';
/** What open models make: sides that are multiples of 16, up to 720p. */
const OWN = formats('720p', OWN_USD_PER_SECOND, [
  ['16:9', '1280x720'],
  ['9:16', '720x1280'],
  ['1:1', '720x720'],
  ['4:3', '960x720'],
  ['3:4', '720x960'],
]);
const OWN_LENGTHS = Array.from({ length: 20 }, (_, index) => index + 1);

/** What a server of this dialect can be asked for where nothing is configured, in the order of preference: the cheaper model first. */
export function soraOffers(dialect: SoraDialect): VideoOffer[] {
  if (dialect.models === 'own') return generations(OWN_MODEL, OWN_LENGTHS, OWN);
  return [
    ...generations('sora-2', LENGTHS, SORA_2),
    ...generations('sora-2-pro', LENGTHS, SORA_2_PRO),
    ...(dialect.hasEdits ? changes('sora-2', SORA_2) : []),
  ];
}

/** What is known of models by their names, and of those that nobody knows: a proxy of OpenAI's form may have any. */
export function soraModels(dialect: SoraDialect): KnownOffers {
  const offers = soraOffers(dialect);
  return dialect.models === 'own'
    ? { offers, anyModel: offers, usualUsdPerSecond: OWN_USD_PER_SECOND }
    : { offers, anyModel: generations(OWN_MODEL, [], []) };
}

function generations(model: string, seconds: readonly number[], formats: readonly VideoFormat[]): VideoOffer[] {
  return [
    { operation: 'text-to-video', model, seconds, formats },
    { operation: 'image-to-video', model, seconds, formats, inputMatchesSize: true },
  ];
}

/** The wire names no model for these, nor a size: the video's own is kept. */
function changes(model: string, formats: readonly VideoFormat[]): VideoOffer[] {
  return [
    {
      operation: 'extend',
      model,
      seconds: LENGTHS,
      formats,
      inputMatchesSize: true,
      maxInputSeconds: LONGEST_EXTENDED_SECONDS - LONGEST_EXTENSION_SECONDS,
    },
    {
      operation: 'restyle',
      model,
      seconds: [],
      formats,
      inputMatchesSize: true,
      maxInputSeconds: LONGEST_EXTENSION_SECONDS,
    },
  ];
}
