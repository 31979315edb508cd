/** A round takes in so many users who came after it had begun; whoever comes later waits for the next one. */
const MOST_NEWCOMERS = 100;

type Line<T> = Set<T>;

/**
 * A line for every user, served in rounds: each round serves each user once, so it does not matter to one user how many
 * items another one has waiting. Within a user's line first come is first served. A user who comes while a round runs and
 * has not been served in it is still taken in, before those who have; a round is bounded, so that nobody waits for ever.
 */
export class FairQueue<T> {
  /** Users who are still to be served in this round, in their order. */
  private current = new Map<string, Line<T>>();
  /** Users who were served in this round and have more, or who came too late for it. */
  private next = new Map<string, Line<T>>();
  private readonly served = new Set<string>();
  private newcomers = 0;
  private length = 0;

  /** Items that wait. */
  get size(): number {
    return this.length;
  }

  /** Users of whom an item waits. */
  get userCount(): number {
    return this.current.size + this.next.size;
  }

  /** Items of one user that wait. */
  sizeOf(user: string): number {
    return this.lineOf(user)?.size ?? 0;
  }

  /** Begins a round. @param served users who had their turn in it already: others come before them */
  startRound(served: Iterable<string> = []): void {
    for (const [user, line] of this.next) this.current.set(user, line);
    this.next = new Map();
    this.newcomers = 0;
    this.served.clear();
    for (const user of served) this.served.add(user);
  }

  push(user: string, item: T): void {
    (this.lineOf(user) ?? this.openLine(user)).add(item);
    this.length++;
  }

  /**
   * Takes the item whose turn it is.
   * @param mayPass the others are passed by, and keep their places
   */
  shift(mayPass: (item: T) => boolean = () => true): T | undefined {
    if (this.current.size === 0) this.startRound();
    return this.takeFrom(this.current, mayPass) ?? this.takeFrom(this.next, mayPass);
  }

  /** @returns whether the item was waiting */
  remove(user: string, item: T): boolean {
    const line = this.lineOf(user);
    if (!line?.delete(item)) return false;
    if (line.size === 0 && !this.current.delete(user)) this.next.delete(user);
    this.length--;
    return true;
  }

  /** The user with most items waiting; undefined: nobody waits. */
  heaviest(): { user: string; count: number } | undefined {
    let heaviest: { user: string; count: number } | undefined;
    for (const round of [this.current, this.next]) {
      for (const [user, { size }] of round) if (size > (heaviest?.count ?? 0)) heaviest = { user, count: size };
    }
    return heaviest;
  }

  /** The last of a user's items; undefined: none waits. */
  newestOf(user: string): T | undefined {
    return [...(this.lineOf(user) ?? [])].at(-1);
  }

  /** Everything that waits, in the order in which it is served if nothing else comes. */
  *inOrder(): Generator<T> {
    let round = [...this.current.values()].map((line) => line.values());
    let following = [...this.next.values()].map((line) => line.values());
    while (round.length > 0 || following.length > 0) {
      const again: typeof round = [];
      for (const line of round) {
        const { done, value } = line.next();
        if (done) continue;
        yield value;
        again.push(line);
      }
      round = [...following, ...again];
      following = [];
    }
  }

  private takeFrom(round: Map<string, Line<T>>, mayPass: (item: T) => boolean): T | undefined {
    for (const [user, line] of round) {
      for (const item of line) {
        if (!mayPass(item)) continue;
        round.delete(user);
        line.delete(item);
        if (line.size > 0) this.next.set(user, line);
        this.served.add(user);
        this.length--;
        return item;
      }
    }
    return undefined;
  }

  private lineOf(user: string): Line<T> | undefined {
    return this.current.get(user) ?? this.next.get(user);
  }

  private openLine(user: string): Line<T> {
    const line: Line<T> = new Set();
    if (this.served.has(user) || this.newcomers >= MOST_NEWCOMERS) {
      this.next.set(user, line);
    } else {
      this.newcomers++;
      this.current.set(user, line);
    }
    return line;
  }
}
