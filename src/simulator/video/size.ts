/** In pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Reads '1280x720', or '1280:720' with another separator; undefined where it is none. */
export function readSize(text: unknown, separator: 'x' | ':' = 'x'): Size | undefined {
  if (typeof text !== 'string') return undefined;
  const [width, height, ...rest] = text.split(separator);
  if (rest.length > 0 || !/^\d{1,5}$/.test(width ?? '') || !/^\d{1,5}$/.test(height ?? '')) return undefined;
  return { width: Number(width), height: Number(height) };
}

/** '1280x720' */
export function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** The size of a list that looks most like another: nearest in shape, and of those nearest in width. */
export function nearestSize(sizes: readonly Size[], wanted: Size): Size {
  const distance = (size: Size) =>
    Math.abs(Math.log((size.width / size.height) * (wanted.height / wanted.width))) * 100 +
    Math.abs(Math.log(size.width / wanted.width));
  return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}
