import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptConfigurations } from './kept-configurations.js';
import { rollBack } from './roll-back.js';

describe('the configurations that are kept', () => {
  let folder: string;
  let kept: KeptConfigurations;
  const minute = (count: number) => new Date(Date.UTC(2026, 10, 22, 9, count));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kept-'));
    kept = new KeptConfigurations(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const texts = () => kept.list().map(({ name }) => kept.read(name));

  it('are those that came into force, newest first, each change once', () => {
    expect(kept.list()).toEqual([]);
    kept.keep('a', minute(1));
    kept.keep('a', minute(2));
    kept.keep('b', minute(3));
    kept.keep('a', minute(4));
    expect(texts()).toEqual(['a', 'b', 'a']);
    expect(kept.list()[1]).toMatchObject({
      at: '2026-11-22T09:03:00Z',
      digest: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
  });

  it('are ten at most, and nobody else may read them', () => {
    for (let count = 0; count < 12; count++) kept.keep(`text ${count}`, minute(count));
    expect(texts()).toEqual(Array.from({ length: 10 }, (_, index) => `text ${11 - index}`));
    const inside = join(folder, 'configurations');
    expect(statSync(inside).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(inside)) expect(statSync(join(inside, name)).mode & 0o777).toBe(0o600);
  });

  it('are asked for by names of their own alone', () => {
    writeFileSync(join(folder, 'secret'), 'x');
    expect(() => kept.read('../secret')).toThrow("No configuration is kept as '../secret'");
  });

  describe('a rollback', () => {
    let path: string;
    beforeEach(() => {
      path = join(folder, 'gateway.yaml');
      kept.keep('first', minute(1));
      kept.keep('second', minute(2));
      kept.keep('third', minute(3));
    });

    it('goes to the newest that says something else, and leaves what the file said beside it', () => {
      writeFileSync(path, 'broken');
      chmodSync(path, 0o640);
      expect(rollBack(path, kept)).toMatchObject({ to: { at: '2026-11-22T09:03:00Z' }, replaced: `${path}.replaced` });
      expect(readFileSync(path, 'utf8')).toBe('third');
      expect(statSync(path).mode & 0o777).toBe(0o640);
      expect(readFileSync(`${path}.replaced`, 'utf8')).toBe('broken');
      rollBack(path, kept);
      expect(readFileSync(path, 'utf8')).toBe('second');
    });

    it('goes to the one that was named, also where there is no file any more', () => {
      const oldest = kept.list().at(-1)!;
      expect(rollBack(path, kept, oldest.name)).toEqual({ to: oldest });
      expect(readFileSync(path, 'utf8')).toBe('first');
    });

    it('changes nothing where there is nothing to go back to, or where a link stands for the file', () => {
      writeFileSync(path, 'only');
      const none = new KeptConfigurations(join(folder, 'none'));
      expect(() => rollBack(path, none)).toThrow('No other configuration than that of the file is kept');
      expect(() => rollBack(path, kept, 'x.yaml')).toThrow("No configuration is kept as 'x.yaml'");
      expect(readFileSync(path, 'utf8')).toBe('only');
      const link = join(folder, 'link.yaml');
      symlinkSync(path, link);
      expect(() => rollBack(link, kept)).toThrow('is a link');
    });
  });
});
