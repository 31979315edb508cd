/** Who may see which file. Whoever has files stored tells it (src/video); where nobody does, a link is enough. */
export abstract class MediaOwners {
  /** Whether this user's own token may come with a link to this file. */
  abstract mayRead(key: string, userId: string): Promise<boolean>;
}
