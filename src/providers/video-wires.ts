import type { VideoProviderSettings } from '../config/video-settings.js';
import type { VideoProvider } from './contract/video-provider.js';
import type { VideoTransport } from './video/video-transport.js';

/** How the strategies of the wires are opened. */
export type VideoWires = Readonly<
  Record<VideoProviderSettings['wire'], (settings: VideoProviderSettings, transport: VideoTransport) => VideoProvider>
>;

/** The token of the VideoWires. */
export const VIDEO_WIRES = Symbol('VideoWires');

/** The token of the video providers that are opened: those of the settings, or the simulated ones. */
export const VIDEO_PROVIDER_SETTINGS = Symbol('VideoProviderSettings[]');
