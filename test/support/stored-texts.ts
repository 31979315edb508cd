import type { Client } from 'pg';

/**
 * Every table of a database in which a text stands, whatever the column and however it is escaped: `schema.table`, a
 * partition of the streams' log as the log itself.
 */
export async function tablesWith(database: Client, text: string): Promise<string[]> {
  const { rows: tables } = await database.query<{ name: string; title: string }>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS name,
           n.nspname || '.' || regexp_replace(c.relname, '^stream_chunk_.*$', 'stream_chunk') AS title
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`);
  const found = new Set<string>();
  for (const { name, title } of tables) {
    const { rowCount } = await database.query(`SELECT FROM ${name} t WHERE strpos(t::text, $1) > 0 LIMIT 1`, [text]);
    if (rowCount) found.add(title);
  }
  return [...found].sort();
}
