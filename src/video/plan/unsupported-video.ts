import type { FieldFault } from '../../common/errors/field-faults.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import type { VideoOffer } from '../../providers/contract/video-offer.js';
import type { VideoProvider } from '../../providers/contract/video-provider.js';
import { fitOffer, formatsThatFit } from './fit-offer.js';
import type { VideoWish } from './video-wish.js';

const GIVEN = ['prompt', 'input', 'duration', 'resolution', 'aspectRatio'] as const;
type Field = (typeof GIVEN)[number];

/**
 * The refusal of a video that nobody makes: which fields are why, with what they may be, and what each provider allows.
 * A field is why where nobody makes it, whatever else is asked for; or, where there is none such, where another value of it alone would do.
 */
export function unsupportedVideo(
  providers: readonly Pick<VideoProvider, 'id' | 'offers'>[],
  wish: VideoWish,
): GatewayError {
  const offers = providers.flatMap((provider) => provider.offers);
  const fields = faultsOf(offers, wish);
  const message = `No configured provider makes this video: ${fields.map((fault) => fault.message).join('; ')}.`;
  const allowed = providers.map(({ id, offers: own }) => ({ provider: id, offers: own.map(describeOffer) }));
  return new GatewayError('UNSUPPORTED_VIDEO', message, { details: { fields, providers: allowed } });
}

function faultsOf(offers: readonly VideoOffer[], wish: VideoWish): FieldFault[] {
  const ofOperation = offers.filter(({ operation }) => operation === wish.operation);
  if (ofOperation.length === 0) {
    const others = listOf(offers.map(({ operation }) => operation));
    return [{ field: 'operation', message: others ? `operation must be ${others}` : 'there is none' }];
  }
  const given = GIVEN.filter((field) => (field === 'prompt' ? wish.prompt !== '' : wish[field] !== undefined));
  const canMake = (part: VideoWish) => ofOperation.some((offer) => fitOffer(offer, part));
  const impossible = given.filter((field) => !canMake(without(wish, ...given.filter((other) => other !== field))));
  const decisive = impossible.length > 0 ? impossible : given.filter((field) => canMake(without(wish, field)));
  const isAlone = impossible.length > 0;
  if (decisive.length === 0) {
    const several = given.filter((field) => field !== 'prompt');
    return several.map((field) => ({ field, message: `${field} does not go with the others` }));
  }
  return decisive.map((field) => {
    const allowed = allowedValues(field, ofOperation, without(wish, ...(isAlone ? given : [field])));
    return { field, message: `${field} must be ${allowed}${isAlone ? '' : ' with the other fields as they are'}` };
  });
}

function without(wish: VideoWish, ...fields: readonly Field[]): VideoWish {
  const rest = { ...wish };
  for (const field of fields) {
    if (field === 'prompt') rest.prompt = '';
    else delete rest[field];
  }
  return rest;
}

/** What a field may be where the rest of the wish is as it is. */
function allowedValues(field: Field, all: readonly VideoOffer[], rest: VideoWish): string {
  const offers = all.filter((offer) => fitOffer(offer, rest));
  const formats = offers.flatMap((offer) => formatsThatFit(offer, rest));
  switch (field) {
    case 'prompt':
      return `at most ${Math.max(...offers.map(({ maxPromptLength = Infinity }) => maxPromptLength))} characters long`;
    case 'input':
      return describeInput(offers, rest);
    case 'duration': {
      const seconds = offers.flatMap((offer) => offer.seconds).sort((a, b) => a - b);
      const asInput = offers.some((offer) => offer.seconds.length === 0) ? ['the length of its input'] : [];
      return `${listOf([...asInput, ...seconds.map(String)])} (seconds)`;
    }
    case 'resolution':
      return listOf(formats.map(({ resolution }) => resolution));
    case 'aspectRatio':
      return listOf(formats.map(({ aspectRatio }) => aspectRatio));
    default:
      return field satisfies never;
  }
}

function describeInput(offers: readonly VideoOffer[], rest: VideoWish): string {
  const seconds = offers.flatMap(({ maxInputSeconds }) => maxInputSeconds ?? []);
  if (seconds.length > 0) return `a video of at most ${Math.max(...seconds)} seconds`;
  const formats = offers.flatMap((offer) => formatsThatFit(offer, rest));
  return `an image of ${listOf(formats.map(({ width, height }) => `${width}x${height}`))} pixels`;
}

/** Each once: 'a, b or c'. */
function listOf(values: readonly string[]): string {
  const each = [...new Set(values)];
  return each.length < 2 ? each.join('') : `${each.slice(0, -1).join(', ')} or ${each.at(-1)}`;
}

function describeOffer(offer: VideoOffer) {
  const { operation, model, seconds, formats, keepsShape, maxPromptLength, maxInputSeconds } = offer;
  const resolutions = [...new Set(formats.map(({ resolution }) => resolution))];
  return {
    operation,
    model,
    /** Empty: as long as its input. */
    seconds,
    formats: resolutions.map((resolution) => ({
      resolution,
      /** Empty: that of its input. */
      aspectRatios: keepsShape
        ? []
        : formats.filter((format) => format.resolution === resolution).map((format) => format.aspectRatio),
    })),
    ...(maxPromptLength === undefined ? {} : { maxPromptLength }),
    ...(maxInputSeconds === undefined ? {} : { maxInputSeconds }),
  };
}
