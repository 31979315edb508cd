import { auditRow, type AuditRow } from './audit-event.js';
import { EventBuffer } from './event-buffer.js';

const row = (subject: string): AuditRow => auditRow({ actor: 'user:ann', action: 'ai.refused', subject });
const subjects = (rows: readonly AuditRow[]) => rows.map(({ subject }) => subject);
const dataFault = () => Object.assign(new Error('bad row'), { code: '23514' });

describe('the buffer of audit events', () => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  beforeEach(() => void lines.splice(0));

  it('writes in batches, in order', async () => {
    const written: string[][] = [];
    const buffer = new EventBuffer({
      write: (rows) => Promise.resolve(void written.push(subjects(rows))),
      log,
      maximumBatch: 2,
    });
    for (const subject of ['a', 'b', 'c']) buffer.add(row(subject));
    await buffer.flush();
    expect(written).toEqual([['a', 'b'], ['c']]);
    expect(buffer.waiting).toBe(0);
  });

  it('keeps what the database does not take, and writes it later', async () => {
    const written: string[] = [];
    let isAway = true;
    const write = (rows: readonly AuditRow[]) => {
      if (isAway) return Promise.reject(new Error('no connection'));
      written.push(...subjects(rows));
      return Promise.resolve();
    };
    const buffer = new EventBuffer({ write, log });
    buffer.add(row('a'));
    await buffer.flush();
    expect(lines).toEqual(['1 audit events wait for the database: no connection']);
    isAway = false;
    buffer.add(row('b'));
    await buffer.close();
    expect(written).toEqual(['a', 'b']);
    expect(buffer.dropped).toBe(0);
  });

  it('drops above its capacity, counts and tells it', async () => {
    const buffer = new EventBuffer({ write: () => Promise.reject(new Error('no connection')), log, capacity: 2 });
    for (const subject of ['a', 'b', 'c', 'd']) buffer.add(row(subject));
    expect(buffer.dropped).toBe(2);
    await buffer.close();
    expect(buffer.dropped).toBe(4);
    expect(lines).toEqual([
      '2 audit events were dropped',
      '2 audit events wait for the database: no connection',
      '2 audit events were dropped',
    ]);
  });

  it('loses a bad row alone', async () => {
    const written: string[] = [];
    const write = (rows: readonly AuditRow[]) => {
      if (subjects(rows).includes('bad')) return Promise.reject(dataFault());
      written.push(...subjects(rows));
      return Promise.resolve();
    };
    const buffer = new EventBuffer({ write, log });
    for (const subject of ['a', 'bad', 'b']) buffer.add(row(subject));
    await buffer.close();
    expect(written).toEqual(['a', 'b']);
    expect(buffer.dropped).toBe(1);
  });
});

describe('the row of an event', () => {
  it('is cut to what the table takes, whatever was sent', () => {
    const wild = '\0'.repeat(50) + '\ud800' + 'é'.repeat(10_000);
    const { actor, subject, details } = auditRow({
      actor: `user:${wild}`,
      action: 'ai.refused',
      subject: wild,
      details: { model: wild, credits: 12n, isClamped: true },
    });
    for (const text of [actor, subject]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(160);
    expect(details).not.toContain('\\u0000');
    const facts = JSON.parse(details) as { model: string };
    expect(facts).toMatchObject({ credits: 12, isClamped: true });
    expect(Buffer.byteLength(facts.model)).toBeLessThanOrEqual(200);
  });

  it.each(['a', 'é', '€', '😀', 'a😀'])('is cut between characters: %s', (character) => {
    for (let lead = 0; lead < 4; lead++) {
      const { subject } = auditRow({
        actor: 'user:ann',
        action: 'ai.refused',
        subject: 'x'.repeat(lead) + character.repeat(200),
      });
      expect(subject.replaceAll(/[xaé€😀]/gu, '')).toBe('');
      expect(Buffer.byteLength(subject)).toBeGreaterThan(156);
    }
  });
});
