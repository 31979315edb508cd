import { readSize, sizeText, type Size } from '../size.js';
import { wholeNumber } from '../../whole-number.js';
import { clipSizes } from '../clip-folder.js';
import { badField } from './sora-refusals.js';

/** Millionths of a dollar a second, by size in pixels of the shorter side: OpenAI's price list for videos. */
const PRICES: Record<'sora-2' | 'sora-2-pro', Record<number, number>> = {
  'sora-2': { 720: 100_000 },
  'sora-2-pro': { 720: 300_000, 1024: 500_000, 1080: 700_000 },
};
const STANDARD_SIZES = ['720x1280', '1280x720'];
const SIZES: Record<keyof typeof PRICES, readonly string[]> = {
  'sora-2': STANDARD_SIZES,
  'sora-2-pro': [...STANDARD_SIZES, '1024x1792', '1792x1024', '1080x1920', '1920x1080'],
};
const SECONDS = ['4', '8', '12', '16', '20'];

const FAMILIES = Object.keys(PRICES);
const SECONDS_MAXIMUM = 120;

/** `undefined`: a model that is not the vendor's, of which nothing is known; it takes everything. */
export type SoraModel = keyof typeof PRICES | undefined;

/** The model behind a name, which may have a date: 'sora-2-pro-2025-10-06'. @throws VideoRefusal */
export function modelOf(name: string): SoraModel {
  if (name === '') throw badField(invalid(name, FAMILIES), 'model');
  const family = /^(sora-2(?:-pro)?)(?:-\d{4}-\d\d-\d\d)?$/.exec(name)?.[1];
  if (family === undefined && name.startsWith('sora')) throw badField(invalid(name, FAMILIES), 'model');
  return family as SoraModel;
}

/** @throws VideoRefusal, also where there is no clip of this size */
export function sizeOf(model: SoraModel, value: unknown): Size {
  const size = readSize(value);
  const allowed = model === undefined ? clipSizes().map(sizeText) : SIZES[model];
  if (!size || !allowed.includes(sizeText(size))) throw badField(invalid(value, allowed), 'size');
  return size;
}

/** @throws VideoRefusal, also for a number: the vendor wants a text */
export function secondsOf(model: SoraModel, value: unknown): number {
  const seconds = wholeNumber(value, SECONDS_MAXIMUM);
  if (model === undefined && seconds !== undefined && seconds > 0) return seconds;
  if (typeof value === 'number') {
    const message = `Invalid type for 'seconds': expected one of ${listed(SECONDS)}, but got an integer instead.`;
    throw badField(message, 'seconds', 'invalid_type');
  }
  if (typeof value !== 'string' || !SECONDS.includes(value)) throw badField(invalid(value, SECONDS), 'seconds');
  return Number(value);
}

export function priceMicroUsd(model: SoraModel, { width, height }: Size, seconds: number): number {
  const prices = PRICES[model ?? 'sora-2'];
  const shortSides = Object.keys(prices).map(Number);
  const side = shortSides.find((each) => each >= Math.min(width, height)) ?? shortSides.at(-1)!;
  return prices[side]! * seconds;
}

function invalid(value: unknown, allowed: readonly string[]): string {
  return `Invalid value: '${String(value)}'. Supported values are: ${listed(allowed)}.`;
}

function listed(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
