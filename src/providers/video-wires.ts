import type { VideoProviderSettings, VideoWire } from '../config/video-provider-settings.js';
import type { VideoOffer } from './contract/video-offer.js';
import type { VideoProvider } from './contract/video-provider.js';
import type { KnownOffers } from './video/configured-offers.js';
import type { VideoTransport } from './video/video-transport.js';

/** How one wire is spoken. */
export interface VideoWireSupport {
  /** What is known of the models of a server. */
  known(settings: VideoProviderSettings): KnownOffers;
  open(settings: VideoProviderSettings, transport: VideoTransport, offers: readonly VideoOffer[]): VideoProvider;
}

export type VideoWires = Readonly<Record<VideoWire, VideoWireSupport>>;

/** The token of the VideoWires. */
export const VIDEO_WIRES = Symbol('VideoWires');

/** The token of the video providers that stand in where none is configured; none where that is not wanted. */
export const SIMULATED_VIDEO_PROVIDERS = Symbol('VideoProviderSettings[]');
