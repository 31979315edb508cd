import { escapeIdentifier } from 'pg';

/** A table's, partition's or sequence's name as SQL has it. */
export function tableName({ schema, name }: { schema: string; name: string }): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}
