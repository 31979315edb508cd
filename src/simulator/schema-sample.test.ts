import { sampleOf } from './schema-sample.js';

const object = (properties: object) => ({ type: 'object', properties });

describe('a value that fits a schema', () => {
  it('has a text for a text, and one of its format where it has one', () => {
    const schema = object({ name: { type: 'string' }, at: { type: 'string', format: 'date' } });
    expect(sampleOf(schema, 'who?')).toEqual({ name: 'text', at: '2026-01-01' });
  });

  it('tells at more length what the question marks by the name of a property', () => {
    const question = '8 s\n\n<prompt>\na cat\n</prompt> and then\n<prompt>\na red boat\n</prompt>';
    const { prompt } = sampleOf(object({ prompt: { type: 'string' } }), question) as { prompt: string };
    expect(prompt).toMatch(/^a red boat\. [A-Z].{50,}\.$/);
    expect(sampleOf(object({ prompt: { type: 'string' } }), question)).toEqual({ prompt });
  });

  it('leaves out what was meant for the simulator itself, and keeps the punctuation', () => {
    const question = '<prompt>A boat in the rain! [[sim ttft=5]]</prompt>';
    expect(sampleOf(object({ prompt: { type: 'string' } }), question)).toEqual({
      prompt: expect.stringMatching(/^A boat in the rain! [A-Z]/),
    });
  });

  it.each([
    ['nothing is between the marks', '<prompt> </prompt>'],
    ['the end is missing', '<prompt>a boat'],
    ['the beginning is missing', 'a boat</prompt>'],
    ['it is marked by another name', '<title>a boat</title>'],
  ])('has the usual text where %s', (_, question) => {
    expect(sampleOf(object({ prompt: { type: 'string' } }), question)).toEqual({ prompt: 'text' });
  });

  it('adds nothing to what is long already', () => {
    const long = 'a boat '.repeat(100).trim();
    expect(sampleOf(object({ prompt: { type: 'string' } }), `<prompt>${long}</prompt>`)).toEqual({ prompt: long });
  });

  it('keeps to the shortest and the longest text that there may be', () => {
    const schema = object({ prompt: { type: 'string', maxLength: 3 }, code: { type: 'string', minLength: 6 } });
    expect(sampleOf(schema, '<prompt>a boat</prompt>')).toEqual({ prompt: 'a b', code: 'text..' });
  });
});
