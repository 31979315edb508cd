import { ExportError } from './provider-count.js';

/**
 * CSV as RFC 4180 has it (LF will do, a byte order mark is skipped): a record for each line, by the names of the first.
 * @throws ExportError where a quote is not closed, or a line has other cells than names
 */
export function readCsv(text: string): Record<string, string>[] {
  const [names, ...lines] = rowsOf(text.replace(/^\uFEFF/, ''));
  if (!names) throw new ExportError('the file is empty');
  return lines.map((cells, index) => {
    if (cells.length !== names.length)
      throw new ExportError(`line ${index + 2} has ${cells.length} cells, the first one has ${names.length}`);
    return Object.fromEntries(names.map((name, column) => [name.trim(), cells[column]!]));
  });
}

/** A cell, and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let position = 0; position < text.length || row.length > 0;) {
    CELL.lastIndex = position;
    const found = CELL.exec(text);
    if (!found) throw new ExportError(`line ${rows.length + 1} has a quote that is not closed, or out of place`);
    const [whole, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    position += whole.length;
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row); // an empty line is none
    row = [];
  }
  return rows;
}
