import type { HttpTransport } from './http-transport.js';
import type { TransportResponse } from './transport-response.js';

/** A request as an SDK's `buildRequest` gives it. */
interface BuiltRequest {
  url: string;
  req: object;
}

/** An SDK's `makeStatusError`: which of its error classes an answer with a status of 400 or more is. */
type NameError = (status: number, body: object | undefined, text: string | undefined, headers: Headers) => Error;

/**
 * Sends what an SDK has built over our transport and has the SDK name the error of a refusal. The SDK's own way between
 * the two formats log lines that nobody reads and sets timers that never fire: a tenth of what a request cost.
 * @throws what `nameError` makes of a refusal; ConnectionFault where no answer came
 */
export async function sendBuilt(
  transport: HttpTransport,
  { url, req }: BuiltRequest,
  nameError: NameError,
): Promise<TransportResponse> {
  const response = await transport.send(url, req);
  if (response.ok) return response;
  const text = await response.text();
  const body = jsonOf(text);
  throw nameError(response.status, body, body ? undefined : text, response.headers as unknown as Headers);
}

/** The SDKs take any JSON for an error's body. */
function jsonOf(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
