/** What an erasure has removed by now: this call, not those before it. */
export interface ErasedTexts {
  /** Rows of the streams' log that were emptied. */
  logRows: number;
  /** Answers of requests in the background. */
  backgroundAnswers: number;
  /** Requests in the background that had not begun. */
  backgroundRequests: number;
  /** Answers that could have been given again. */
  cachedAnswers: number;
  /** With their prompts, files, inputs and workflows. */
  videos: number;
  /** Files that were fetched for videos that then never were. */
  inputs: number;
  /** What administrators had written of the user. */
  reasons: number;
}

/** What is still under way, and is erased by the next call. */
export interface RemainingTexts {
  requests: number;
  backgroundRequests: number;
  videos: number;
}

export interface ErasureReport {
  erased: ErasedTexts;
  remaining: RemainingTexts;
  /** Nothing of the user is left that could be erased. */
  isDone: boolean;
}
