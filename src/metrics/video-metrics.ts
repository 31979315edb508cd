import { Inject, Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { VideoEndings, type VideoEnd } from '../video/video-endings.service.js';
import { VideoPunctuality } from '../video/punctuality/video-punctuality.service.js';
import { VIDEO_SECONDS } from './buckets.js';
import { creditsOf } from './credits.js';
import { Gathering } from './gathering.js';
import { MetricsRegistry } from './metrics-registry.js';
import { known, gauge } from './samples.js';

/** Videos: those that this process ended, and how those of all processes stand. */
@Injectable()
export class VideoMetrics {
  private readonly ended: Counter<'provider' | 'outcome'>;
  private readonly durations: Histogram<'provider' | 'outcome'>;
  private readonly credits: Counter<'provider'>;

  constructor(
    @Inject(MetricsRegistry) registry: MetricsRegistry,
    @Inject(Gathering) gathering: Gathering,
    @Inject(VideoPunctuality) punctuality: VideoPunctuality,
    @Inject(VideoEndings) endings: VideoEndings,
  ) {
    const registers = [registry];
    this.ended = new Counter({
      name: 'mcp_videos_ended_total',
      help: 'Videos that this process ended: completed, or an error code.',
      labelNames: ['provider', 'outcome'],
      registers,
    });
    this.durations = new Histogram({
      name: 'mcp_video_duration_seconds',
      help: 'From the order of a video to its end.',
      labelNames: ['provider', 'outcome'],
      buckets: VIDEO_SECONDS,
      registers,
    });
    this.credits = new Counter({
      name: 'mcp_video_credits_charged_total',
      help: 'Credits charged for videos that this process ended.',
      labelNames: ['provider'],
      registers,
    });
    endings.ends.add((end) => this.observe(end));
    const videos = gathering.add('videos', () => punctuality.figures());
    gauge(registry, {
      name: 'mcp_videos_under_way',
      help: 'Standard videos (720p, at most 8 s) of all processes that are not over yet.',
      read: () => known(videos.latest?.underWay),
    });
    gauge(registry, {
      name: 'mcp_videos_late',
      help: 'Standard videos under way, or completed within the last hour, that took longer than VIDEO_LATE_MS.',
      read: () => known(videos.latest?.late),
    });
    gauge(registry, {
      name: 'mcp_video_playable_p95_seconds',
      help: 'What 95 % of the standard videos completed within the last hour took at most; absent: there were none.',
      read: () => known(secondsOf(videos.latest?.p95PlayableMs)),
    });
  }

  private observe({ provider, outcome, tookMs, charged }: VideoEnd): void {
    this.ended.inc({ provider, outcome });
    this.durations.observe({ provider, outcome }, tookMs / 1_000);
    this.credits.inc({ provider }, creditsOf(charged));
  }
}

function secondsOf(milliseconds: number | null | undefined): number | undefined {
  return milliseconds == null ? undefined : milliseconds / 1_000;
}
