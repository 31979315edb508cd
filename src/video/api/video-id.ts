/** What a video's id may be; nothing else reaches the database. */
export function isVideoId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}
