/** As people say them. */
const USUAL = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '5:4', '4:5', '21:9', '9:21', '2:1', '1:2'];
/** A side that has to be a multiple of 16 misses the shape by so much. */
const CLOSE = 0.01;

/** A size's shape as 'W:H': a usual one that it is to 1 %, else its own to the pixel. */
export function aspectRatioOf(width: number, height: number): string {
  const usual = USUAL.find((shape) => {
    const [wide, high] = shape.split(':').map(Number) as [number, number];
    return Math.abs((width * high) / (height * wide) - 1) <= CLOSE;
  });
  if (usual !== undefined) return usual;
  const divisor = greatestCommonDivisor(width, height);
  return `${width / divisor}:${height / divisor}`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
