/** The known name that differs from `name` by the fewest edits (Levenshtein), however many. */
export function nearestName(name: string, known: readonly string[]): string {
  return nearest(name, known).name;
}

/** The same, where it is near enough to have been meant. */
export function similarName(name: string, known: readonly string[]): string | undefined {
  const best = nearest(name, known);
  return best.distance <= Math.max(2, name.length / 3) ? best.name : undefined;
}

function nearest(name: string, known: readonly string[]): { name: string; distance: number } {
  let best = { name: known[0] ?? '', distance: Infinity };
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < best.distance) best = { name: candidate, distance };
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[b.length]!;
}
