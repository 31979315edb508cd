/** A foreign key: rows of `child` name rows of `parent`. */
export interface Reference {
  child: string;
  parent: string;
}

/**
 * The tables in an order in which each comes after those that its rows name. Of tables that name each other in a circle
 * none is before the others; they keep the order that was given.
 */
export function parentsFirst(tables: readonly string[], references: readonly Reference[]): string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (table: string) => {
    if (seen.has(table) || !tables.includes(table)) return;
    seen.add(table);
    for (const { child, parent } of references) if (child === table) visit(parent);
    ordered.push(table);
  };
  tables.forEach(visit);
  return ordered;
}
