import { UnreadableTextError } from '../../common/encryption/unreadable-text-error.js';

/** Rows that are read, sealed and written at once. */
const BATCH = 200;

/** A row as it was read, and as it is to be. */
export interface Change<Row> {
  was: Row;
  becomes: Row;
}

/** One kind of rows with texts of users. */
export interface SealedRows<Row> {
  /** The next rows in the order of their keys. @param after the last one of those before */
  read(after: Row | undefined, limit: number): Promise<Row[]>;
  /** A row as it would be kept now; undefined: it is. @throws UnreadableTextError */
  reseal(row: Row): Row | undefined;
  /** Writes rows that are still as they were read: who changed one meanwhile is right. @returns how many */
  replace(changes: readonly Change<Row>[]): Promise<number>;
}

/** What came of rows. */
export interface Resealed {
  resealed: number;
  /** Their key is not here, or they are not what was sealed: they stay as they are. */
  unreadable: number;
}

/** Keeps every row as it would be kept now. Nothing is remembered: broken off, it is simply begun again. */
export async function resealAll<Row>(rows: SealedRows<Row>): Promise<Resealed> {
  const sum: Resealed = { resealed: 0, unreadable: 0 };
  for (let after: Row | undefined; ;) {
    const batch = await rows.read(after, BATCH);
    const changes = batch.flatMap((was) => {
      try {
        const becomes = rows.reseal(was);
        return becomes === undefined ? [] : [{ was, becomes }];
      } catch (error) {
        if (!(error instanceof UnreadableTextError)) throw error;
        sum.unreadable++;
        return [];
      }
    });
    if (changes.length > 0) sum.resealed += await rows.replace(changes);
    if (batch.length < BATCH) return sum;
    after = batch.at(-1);
  }
}
