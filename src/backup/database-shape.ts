import type { ClientBase } from 'pg';
import type { Partition, Sequence } from './backup-manifest.js';
import type { Reference } from './parents-first.js';
import { tableName } from './table-name.js';

/** A table that is copied: partitioned ones as a whole. */
export interface TableShape {
  schema: string;
  name: string;
  /** Without those that the database computes. */
  columns: string[];
}

/** A trigger of ours, and how it fires: 'O' as usual, 'A' always, 'R' for replicas, 'D' never. */
export interface TriggerShape {
  schema: string;
  table: string;
  name: string;
  fires: 'O' | 'A' | 'R' | 'D';
}

/** What is ours: not the system's, not an extension's, not temporary. */
const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;
const IN_SCHEMA = 'JOIN pg_namespace n ON n.oid = c.relnamespace';

/** Every table that outlives a crash; what is unlogged would be emptied by one, and is left out. */
export async function tablesOf(client: ClientBase): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(`
    SELECT n.nspname AS schema, c.relname AS name,
      ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
        AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns
    FROM pg_class c ${IN_SCHEMA}
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p' AND ${OURS}
    ORDER BY 1, 2`);
  return rows;
}

/** Parents before their parts. */
export async function partitionsOf(client: ClientBase): Promise<Partition[]> {
  const { rows } = await client.query<Partition>(`
    SELECT n.nspname AS schema, c.relname AS name, format('%I.%I', pn.nspname, p.relname) AS parent,
      pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_class c ${IN_SCHEMA} JOIN pg_inherits i ON i.inhrelid = c.oid
      JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE c.relispartition AND c.relkind IN ('r', 'p') AND ${OURS}
    ORDER BY c.relkind DESC, 1, 2`);
  return rows;
}

/** With where they stand now: their values follow no snapshot, and are never behind the rows of one. */
export async function sequencesOf(client: ClientBase): Promise<Sequence[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c ${IN_SCHEMA} WHERE c.relkind = 'S' AND c.relpersistence = 'p' AND ${OURS} ORDER BY 1, 2`);
  const sequences: Sequence[] = [];
  for (const { schema, name } of rows) {
    const found = await client.query<{ last_value: string; is_called: boolean }>(
      `SELECT last_value::text, is_called FROM ${tableName({ schema, name })}`,
    );
    const { last_value: lastValue, is_called: isCalled } = found.rows[0]!;
    sequences.push({ schema, name, lastValue, isCalled });
  }
  return sequences;
}

/** Foreign keys, by the names that `tableName` gives. */
export async function referencesOf(client: ClientBase): Promise<Reference[]> {
  const { rows } = await client.query<Record<'schema' | 'name' | 'parentSchema' | 'parentName', string>>(`
    SELECT n.nspname AS schema, c.relname AS name, pn.nspname AS "parentSchema", p.relname AS "parentName"
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid ${IN_SCHEMA}
      JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0 AND ${OURS}`);
  return rows.map(({ parentSchema, parentName, ...child }) => ({
    child: tableName(child),
    parent: tableName({ schema: parentSchema, name: parentName }),
  }));
}

/** Those of tables, without the copies that partitions have of them. */
export async function triggersOf(client: ClientBase): Promise<TriggerShape[]> {
  const { rows } = await client.query<TriggerShape>(`
    SELECT n.nspname AS schema, c.relname AS table, t.tgname AS name, t.tgenabled AS fires
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid ${IN_SCHEMA}
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND c.relkind IN ('r', 'p') AND ${OURS} ORDER BY 1, 2, 3`);
  return rows;
}
