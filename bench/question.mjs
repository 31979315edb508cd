/** What every load asks. */
export const MESSAGES = [{ role: 'user', content: 'hello '.repeat(20) }];
export const MOST_TOKENS = 4_096;
