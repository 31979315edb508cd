/** Runs one statement in the caller's transaction; bigints come as text. */
export type RunQuery = <T extends object>(sql: string, values?: readonly unknown[]) => Promise<T[]>;
