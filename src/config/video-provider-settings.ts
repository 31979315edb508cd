export type VideoWire = 'sora' | 'runway';
/** Whose form of the sora wire a server speaks. */
export type SoraDialectName = 'openai' | 'vllm-omni' | 'sglang';

/** What may be said of a model of a video provider, beyond what is known of it by its name. */
export interface VideoModelSettings {
  /** As the server knows it. */
  name: string;
  /** What it makes; absent: whatever is known, else both. */
  operations?: readonly ('text-to-video' | 'image-to-video')[];
  /** Lengths that it makes, in whole seconds; absent: those that are known. */
  seconds?: readonly number[];
  /** Sizes that it makes ('1280x720'), by the resolution that clients ask for them with; absent: those that are known. */
  sizes?: Readonly<Partial<Record<VideoResolutionName, readonly string[]>>>;
  /**
   * US dollars a second as decimal text with at most 6 decimals: by size ('1280x720'), by resolution ('720p'), and of all
   * others ('*').
   */
  price?: Readonly<Record<string, string>>;
}
export type VideoResolutionName = '720p' | '1080p' | '4K';

/** A video provider: one address with one key. */
export interface VideoProviderSettings {
  /** Its name, unique among them. */
  id: string;
  wire: VideoWire;
  /** Absent: the vendor's own address (the wire runway alone has one). */
  baseUrl?: string;
  /** Absent: the server asks for none. */
  apiKey?: string;
  /** Absent: 'openai'. */
  dialect?: SoraDialectName;
  /** The models that it is asked for, in the order of preference; absent: all that are known of it. */
  models?: readonly VideoModelSettings[];
}

/** Providers in the order of preference; whoever it does not name comes after those that it does. */
export function inOrder(
  providers: readonly VideoProviderSettings[],
  priority: readonly string[],
): VideoProviderSettings[] {
  const rank = (id: string) => priority.indexOf(id) >>> 0;
  return [...providers].sort((a, b) => rank(a.id) - rank(b.id));
}
