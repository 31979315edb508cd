import type { VideoModelSettings } from '../../config/video-provider-settings.js';
import { decimalText, parseDecimal } from '../../common/money/micro-credits.js';
import { similarName } from '../../common/nearest-name.js';
import { isGeneration, type VideoFormat, type VideoOffer, type VideoResolution } from '../contract/video-offer.js';
import { aspectRatioOf } from './aspect-ratio.js';

const USD_DECIMALS = 6;

/** What a wire knows of models. */
export interface KnownOffers {
  /** What is offered where nothing is configured, in the order of preference. */
  offers: readonly VideoOffer[];
  /**
   * What any other model makes where its settings don't say it; without lengths or formats they have to. Absent: no other
   * model can be asked for.
   */
  anyModel?: readonly VideoOffer[];
  /** What a second of a model costs of which nobody says it, in US dollars; absent: somebody has to. */
  usualUsdPerSecond?: string;
}

/** Below `models` of the provider's settings. */
export interface OfferFault {
  path: string[];
  message: string;
}

export interface ConfiguredOffers {
  offers: VideoOffer[];
  faults: OfferFault[];
}

type Tell = (path: string[], message: string) => void;

/** The offers of the configured models, in their order; without any, all that are known. What can't be used is a fault. Pure. */
export function configuredOffers(
  models: readonly VideoModelSettings[] | undefined,
  known: KnownOffers,
): ConfiguredOffers {
  if (!models) return { offers: [...known.offers], faults: [] };
  const faults = new Map<string, OfferFault>(); // by place: what is wrong with one operation mostly is with the other
  const offers = models.flatMap((model) =>
    offersOf(model, known, (path, message) => {
      const place = JSON.stringify([model.name, ...path]);
      if (!faults.has(place)) faults.set(place, { path: [model.name, ...path], message });
    }),
  );
  return { offers, faults: [...faults.values()] };
}

function offersOf(
  model: VideoModelSettings,
  { offers, anyModel, usualUsdPerSecond }: KnownOffers,
  tell: Tell,
): VideoOffer[] {
  const ofName = offers.filter((offer) => offer.model === model.name);
  const base = ofName.length > 0 ? ofName : anyModel?.map((offer) => ({ ...offer, model: model.name }));
  if (!base) {
    tell([], unknownModel(model.name, offers));
    return [];
  }
  const made = base
    .filter(
      (offer) => !isGeneration(offer.operation) || (model.operations?.some((each) => each === offer.operation) ?? true),
    )
    .map((offer) => withSettings(offer, model, usualUsdPerSecond, tell));
  tellOfUnused(model, base, made, tell);
  return made;
}

function withSettings(
  offer: VideoOffer,
  model: VideoModelSettings,
  usualPrice: string | undefined,
  tell: Tell,
): VideoOffer {
  const sizes = isGeneration(offer.operation) && model.sizes ? picturesOf(model.sizes) : offer.formats;
  const formats = sizes.map((size): VideoFormat => {
    const text = sizeText(size);
    const before = offer.formats.find((each) => sizeText(each) === text)?.usdPerSecond;
    const price = model.price?.[text] ?? model.price?.[size.resolution] ?? model.price?.['*'] ?? before ?? usualPrice;
    if (price === undefined)
      tell(['price'], `says nothing of ${text}; allowed: a price of ${text}, ${size.resolution} or '*'`);
    return { ...size, usdPerSecond: price ?? '0', ...framePrice(size, price, before) };
  });
  const seconds =
    isGeneration(offer.operation) && model.seconds ? [...model.seconds].sort((a, b) => a - b) : offer.seconds;
  if (isGeneration(offer.operation) && seconds.length === 0)
    tell(['seconds'], 'is missing; nothing is known of this model');
  if (formats.length === 0) tell(['sizes'], 'is missing; nothing is known of this model');
  return { ...offer, seconds, formats };
}

/** Where frames are charged a configured price is that of a second with 30 of them. */
function framePrice({ usdPerFrame }: SizedPicture, price = '0', before?: string): Pick<VideoFormat, 'usdPerFrame'> {
  if (usdPerFrame === undefined || price === before) return {};
  return { usdPerFrame: decimalText((parseDecimal(price, USD_DECIMALS) + 29n) / 30n, USD_DECIMALS) };
}

type SizedPicture = Omit<VideoFormat, 'usdPerSecond'>;

function picturesOf(sizes: NonNullable<VideoModelSettings['sizes']>): SizedPicture[] {
  return Object.entries(sizes).flatMap(([resolution, texts]) =>
    texts.map((text) => {
      const [width, height] = text.split('x').map(Number) as [number, number];
      return { resolution: resolution as VideoResolution, aspectRatio: aspectRatioOf(width, height), width, height };
    }),
  );
}

/** A setting that changes nothing is a mistake: whoever wrote it believes that it does. */
function tellOfUnused(
  model: VideoModelSettings,
  base: readonly VideoOffer[],
  made: readonly VideoOffer[],
  tell: Tell,
): void {
  if (!base.some(({ operation }) => isGeneration(operation)))
    for (const setting of ['operations', 'seconds', 'sizes'] as const)
      if (model[setting]) tell([setting], `changes nothing: ${model.name} makes new videos of others; leave it out`);
  const priced = new Set([
    '*',
    ...made.flatMap(({ formats }) => formats.flatMap((each) => [sizeText(each), each.resolution])),
  ]);
  for (const name of Object.keys(model.price ?? {}))
    if (!priced.has(name)) tell(['price', name], `is no size that ${model.name} makes`);
}

function unknownModel(name: string, offers: readonly VideoOffer[]): string {
  const names = [...new Set(offers.map(({ model }) => model))];
  const similar = similarName(name, names);
  return `is no model that is known here; ${similar === undefined ? `there are: ${names.join(', ')}` : `did you mean ${similar}?`}`;
}

function sizeText({ width, height }: Pick<VideoFormat, 'width' | 'height'>): string {
  return `${width}x${height}`;
}
