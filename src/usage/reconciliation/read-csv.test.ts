import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { readCsv } from './read-csv.js';

test('whatever was written is read', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('a,b', '"', '""', 'a\r\nb', '\n', ' x '));
  const records = fc.array(fc.record({ one: cell, two: cell }), { maxLength: 5 });
  fc.assert(
    fc.property(records, fc.constantFrom('\r\n', '\n'), (written, end) => {
      const options = { header: true, columns: ['one', 'two'], record_delimiter: end, quote_record_delimiter: true };
      expect(readCsv(stringify(written, options))).toEqual(written);
    }),
  );
});

test('the last line needs no end, and empty ones are none', () => {
  expect(readCsv('a,b\n1,2\n\n3,')).toEqual([
    { a: '1', b: '2' },
    { a: '3', b: '' },
  ]);
  expect(readCsv('a,b')).toEqual([]);
});
