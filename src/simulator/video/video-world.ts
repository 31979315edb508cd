import { randomBytes } from 'node:crypto';
import { VideoCache } from './video-cache.js';
import { VideoCalls } from './video-calls.js';
import { VideoFaults } from './video-faults.js';
import { VideoJobs } from './video-jobs.js';

/** What both video wires work with. */
export interface VideoWorld {
  jobs: VideoJobs;
  calls: VideoCalls;
  faults: VideoFaults;
  cache: VideoCache;
  uploads: Map<string, { keyFingerprint: string; mediaType: string; bytes: Buffer }>;
  /** What links to files are signed with. */
  secret: Buffer;
}

/** @param makingMs how long a job takes where no script says; absent: longer for longer videos */
export function newVideoWorld(makingMs?: number): VideoWorld {
  return {
    jobs: new VideoJobs(makingMs),
    calls: new VideoCalls(),
    faults: new VideoFaults(),
    cache: new VideoCache(),
    uploads: new Map(),
    secret: randomBytes(32),
  };
}

/** As if nothing had happened yet; links to files are good no more. */
export function resetVideoWorld(world: VideoWorld): void {
  world.jobs.reset();
  world.calls.reset();
  world.faults.clearAll();
  world.uploads.clear();
}
