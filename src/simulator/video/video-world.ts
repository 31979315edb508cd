import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { FormFile } from './request-fields.js';
import { VideoCache } from './video-cache.js';
import { VideoCalls } from './video-calls.js';
import { VideoFaults } from './video-faults.js';
import { VideoJobs } from './video-jobs.js';

const UPLOADS_BYTES = 512 * 1024 * 1024;

interface Upload extends FormFile {
  keyFingerprint: string;
}

/** What both video wires work with. */
export interface VideoWorld {
  jobs: VideoJobs;
  calls: VideoCalls;
  faults: VideoFaults;
  cache: VideoCache;
  /** Files that were sent ahead, by their ids; no bytes: not yet. The oldest go when there are too many. */
  uploads: LRUCache<string, Upload>;
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
    uploads: new LRUCache({ maxSize: UPLOADS_BYTES, sizeCalculation: ({ bytes }) => bytes.length + 1 }),
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
