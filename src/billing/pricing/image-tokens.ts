import type { ImageSize } from '../../common/images/image-header.js';

/** An image of a prompt, as far as it matters to what it costs. */
export interface SentImage {
  /** In pixels; absent: unknown, as of an image by its address. */
  size?: ImageSize | undefined;
  detail?: 'low' | 'high' | 'auto' | undefined;
}

/** How a family of models counts an image (docs/data-model.md has the vendors' rules in words). */
type Rule =
  /** OpenAI: what covers the image, scaled down, in squares of 512 pixels; `low` costs the base alone. */
  | { kind: 'tiles'; base: number; tile: number }
  /** OpenAI: squares of 32 pixels, at most so many, each a token, of which it charges so many per cent. */
  | { kind: 'patches'; most: number; percent: number }
  /** Anthropic: a token for every 750 pixels, scaled down to a long side of `edge`, at most so many. */
  | { kind: 'pixels'; edge: number; most: number };

/** The first pattern that fits decides. */
const RULES: readonly [RegExp, Rule][] = [
  [/^gpt-4o-mini/, { kind: 'tiles', base: 2_833, tile: 5_667 }],
  [/^gpt-4\.1-mini/, { kind: 'patches', most: 1_536, percent: 162 }],
  [/^gpt-4\.1-nano/, { kind: 'patches', most: 1_536, percent: 246 }],
  [/^(o4-mini|codex-mini)/, { kind: 'patches', most: 1_536, percent: 172 }],
  [/^gpt-5-mini/, { kind: 'patches', most: 1_536, percent: 162 }],
  [/^gpt-5-nano/, { kind: 'patches', most: 1_536, percent: 246 }],
  [/^o\d/, { kind: 'tiles', base: 75, tile: 150 }],
  [/^gpt-5(-\d{4}|-pro|-chat|-codex|\.1|$)/, { kind: 'tiles', base: 70, tile: 140 }],
  [/^gpt-(?:[5-9]|\d{2,})/, { kind: 'patches', most: 2_500, percent: 162 }],
  [/^computer-use/, { kind: 'tiles', base: 65, tile: 129 }],
  [/^(gpt-|chatgpt-)/, { kind: 'tiles', base: 85, tile: 170 }],
  [
    /^claude-([a-z]+-(4-[7-9](?!\d)|4-[1-9]\d(?!\d)|[5-9](?!\d)|[1-9]\d(?!\d))|mythos)/,
    { kind: 'pixels', edge: 2_576, most: 4_800 },
  ],
  [/^claude-/, { kind: 'pixels', edge: 1_568, most: 1_600 }],
];
/** Of a model that nobody here knows: few models take more for an image. */
const UNKNOWN: Rule = { kind: 'pixels', edge: Infinity, most: 16_384 };
/** An image of unknown size is estimated as one like this. */
const USUAL: ImageSize = { width: 1_024, height: 1_024 };
const PIXELS_PER_TOKEN = 750;
/** Of 2048 × 768 pixels. */
const MOST_TILES = 8;

/** About how many tokens a model counts an image as. */
export function imageTokens(model: string, { size = USUAL, detail }: SentImage): number {
  return tokensBy(ruleOf(model), size, detail);
}

/** The most that it may count it as; `detail` is a wish only. */
export function imageTokensBound(model: string, { size }: SentImage): number {
  const rule = ruleOf(model);
  return size ? tokensBy(rule, size, 'high') : mostBy(rule);
}

/** Resellers put a maker's name before the model's: 'openai/gpt-4o'. Fine-tuned models are of their base's family. */
function ruleOf(model: string): Rule {
  const family = model.slice(model.lastIndexOf('/') + 1).replace(/^ft:/, '');
  return RULES.find(([pattern]) => pattern.test(family))?.[1] ?? UNKNOWN;
}

function tokensBy(rule: Rule, size: ImageSize, detail: SentImage['detail']): number {
  switch (rule.kind) {
    case 'tiles':
      return rule.base + (detail === 'low' ? 0 : rule.tile * tilesOf(size));
    case 'patches':
      return percentOf(Math.min(rule.most, patchesOf(size)), rule.percent);
    case 'pixels':
      return Math.min(rule.most, Math.ceil(pixelsWithin(size, rule.edge) / PIXELS_PER_TOKEN));
    default:
      return rule satisfies never;
  }
}

function mostBy(rule: Rule): number {
  switch (rule.kind) {
    case 'tiles':
      return rule.base + rule.tile * MOST_TILES;
    case 'patches':
      return percentOf(rule.most, rule.percent);
    case 'pixels':
      return rule.most;
    default:
      return rule satisfies never;
  }
}

function percentOf(patches: number, percent: number): number {
  return Math.ceil((patches * percent) / 100);
}

/** Scaled down into 2048 × 2048, then until the short side has 768. */
function tilesOf({ width, height }: ImageSize): number {
  const within = Math.min(1, 2_048 / Math.max(width, height));
  const scale = within * Math.min(1, 768 / (Math.min(width, height) * within));
  return Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}

function patchesOf({ width, height }: ImageSize): number {
  return Math.ceil(width / 32) * Math.ceil(height / 32);
}

function pixelsWithin({ width, height }: ImageSize, edge: number): number {
  const scale = Math.min(1, edge / Math.max(width, height));
  return width * scale * height * scale;
}
