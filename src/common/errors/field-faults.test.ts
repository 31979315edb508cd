import { unknownField, validationFailure } from './field-faults.js';

const KNOWN = ['maxTokens', 'temperature'];
const messageOf = (...fields: string[]) =>
  validationFailure(fields.map((field) => ({ field, message: unknownField(field, KNOWN) }))).message;

test('an unknown field is told with the one that it resembles, and the sentence ends as one', () => {
  expect(messageOf('maxTokes')).toBe('maxTokes is no field of this request (did you mean maxTokens?).');
});

test('nothing is suggested for a field that resembles none', () => {
  expect(messageOf('background')).toBe('background is no field of this request.');
});

test('every unknown field is told, up to a limit that the details keep too', () => {
  expect(messageOf('a', 'maxTokes')).toBe(
    'a is no field of this request; maxTokes is no field of this request (did you mean maxTokens?).',
  );
  const { details } = validationFailure(Array.from({ length: 30 }, () => ({ field: 'x', message: 'x must be y' })));
  expect(details?.['fields']).toHaveLength(20);
});

test('a name that a client chose is cut', () => {
  expect(unknownField('x'.repeat(1_000), KNOWN)).toBe(`${'x'.repeat(100)} is no field of this request`);
});
