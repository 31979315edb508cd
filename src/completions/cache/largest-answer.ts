/** What is larger is not kept: a handful of such answers would take the place of thousands. */
export const LARGEST_ANSWER_BYTES = 1024 * 1024;
