import { asObject, asText } from '../http/json.js';

const LONGEST_ID = 256;

/** The id in a vendor's answer to an order. @throws where there is none: what began can't be asked about */
export function jobIdIn(answer: unknown): string {
  const id = asText(asObject(answer)?.id);
  if (id === undefined || id.length > LONGEST_ID) throw new Error('The answer to an order bears no id');
  return id;
}
