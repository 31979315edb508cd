import type { TextPlace } from '../../common/encryption/text-cipher.js';

/** Where the queue keeps a request: in a job of its own, in the name of whoever asked. */
export function placeOfRequest(userId: string, jobId: string): TextPlace {
  return ['bullmq.job.data', userId, jobId];
}
