/**
 * Upper bounds of histograms. Those of `gen_ai_…` are OpenTelemetry's (semantic conventions for generative AI metrics),
 * with more where an answer here may take longer, and with the 5 s of the alert on slow responses.
 */

/** Whole calls and whole answers, in seconds. */
export const DURATION_SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5, 10.24, 20.48, 40.96, 81.92, 163.84, 600, 1800,
];
/** To the first chunk, in seconds. */
export const FIRST_CHUNK_SECONDS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 120,
];
/** From one chunk to the next, in seconds. */
export const CHUNK_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 20];
export const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];
/** Of statements and of requests over REST, in seconds. */
export const ANSWER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Of videos, in seconds. */
export const VIDEO_SECONDS = [15, 30, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1_800, 3_600];
