/** Up to here the vendor may keep the prompt in its cache, where it lets callers say so (Anthropic's `cache_control`). */
export interface CacheBreakpoint {
  ttl: '5m' | '1h';
}

/** A piece of a message's content. */
export interface TextPart {
  type: 'text';
  text: string;
  cacheBreakpoint?: CacheBreakpoint;
}

/** An image, by its address or by its bytes (base64) with their media type. */
export type ImagePart = {
  type: 'image';
  /** How closely the model is to look, where the vendor has such a field. */
  detail?: 'low' | 'high' | 'auto';
  cacheBreakpoint?: CacheBreakpoint;
} & ({ url: string } | { data: string; mediaType: string });

export type ContentPart = TextPart | ImagePart;
