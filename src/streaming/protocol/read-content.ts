import { readImage } from '../../completions/request-image.js';
import type { CacheBreakpoint, ContentPart } from '../../providers/contract/content-part.js';
import { defined, FieldReader, isObject, type Faults } from './field-reader.js';

const MOST_PARTS = 1_000;
const CONTENT_RULE = `must be a string or a list of 1 to ${MOST_PARTS} parts {type: 'text', text} and {type: 'image', url or data}`;
const TEXT_FIELDS = ['type', 'text', 'cacheBreakpoint'];
const IMAGE_FIELDS = ['type', 'url', 'data', 'mediaType', 'detail', 'cacheBreakpoint'];
const DETAILS = ['low', 'high', 'auto'] as const;
const TTLS = ['5m', '1h'] as const;

/** A message's content; '' where it is none, which is a fault then. */
export function readContent(content: unknown, path: string, faults: Faults): string | ContentPart[] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0 || content.length > MOST_PARTS) {
    faults.add(path, CONTENT_RULE);
    return '';
  }
  return content.flatMap((part: unknown, index) => readPart(part, `${path}[${index}]`, faults) ?? []);
}

/** Up to here the vendor may keep the prompt; of a part or of a tool. */
export function readCacheBreakpoint(fields: FieldReader, faults: Faults): CacheBreakpoint | undefined {
  const value = fields.given('cacheBreakpoint');
  if (value === undefined) return undefined;
  if (!isObject(value)) return fields.fault('cacheBreakpoint', "must be {ttl: '5m'} or {ttl: '1h'}");
  const ttl = new FieldReader(value, fields.pathOf('cacheBreakpoint'), faults, ['ttl']).oneOf('ttl', TTLS);
  return { ttl: ttl ?? '5m' };
}

function readPart(part: unknown, path: string, faults: Faults): ContentPart | undefined {
  if (faults.isFull) return undefined;
  const type = isObject(part) ? part['type'] : undefined;
  if (type !== 'text' && type !== 'image') {
    faults.add(path, "must be a part {type: 'text', text} or {type: 'image', url or data}");
    return undefined;
  }
  const fields = new FieldReader(
    part as Record<string, unknown>,
    path,
    faults,
    type === 'text' ? TEXT_FIELDS : IMAGE_FIELDS,
  );
  const cacheBreakpoint = readCacheBreakpoint(fields, faults);
  if (type === 'text') return defined({ type, text: fields.neededText('text'), cacheBreakpoint });
  const detail = fields.oneOf('detail', DETAILS);
  const image = readImage({ url: fields.text('url'), data: fields.text('data'), mediaType: fields.text('mediaType') });
  if (typeof image !== 'string') return defined({ ...image, detail, cacheBreakpoint });
  faults.add(path, image);
  return undefined;
}
