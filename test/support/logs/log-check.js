import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What no line of a log may have in it, by what it looks like. */
const SECRETS = [
  ['a token', /\beyJ[\w-]{8,}\.[\w-]{4,}/],
  ['a token', /\bBearer [\w.~+/-]{8,}/i],
  ['a key', /\bsk-[\w-]{4,}/],
  ['a key', /\bwhsec_[\w+/=]{8,}/],
  ['a key', /-----BEGIN /],
  ['a secret', /secret of more than thirty-two bytes/],
  ['a password', /\b\w+:\/\/[^\s/:@"]*:[^\s/@"]+@/],
  ['a ticket or a signature', /[?&](?:ticket|token|access_token|signature|sig)=[\w.%-]{4,}/i],
  ['a prompt', /\[\[sim\b/],
  ['a simulated answer', /You asked: "|played by the simulated provider|lorem lorem|\b3 4 5 6 7 8\b/],
];

/** What a gateway prints at its start for whoever sits before it; the token is never printed in production. */
const ANNOUNCEMENT = /^(?:The MCP server is ready\.| {2}(?:WebSocket|REST|Health|Providers|Token) {2,}\S.*)?$/;
/** As textsIn has it. */
const LEAST_CHARACTERS = 16;
const MOST_FINDINGS = 40;

/**
 * Looks through what the suite logged: every line is one JSON object, and has no secret, token, prompt or answer in it.
 * @param {string} folder of the run: `….log` (applications in tests), `….out` and `….err` (processes), `….texts`
 * @returns {Promise<{ lines: number, findings: string[] }>} one line for each finding, at most 40
 */
export async function checkLogs(folder) {
  const names = (await readdir(folder)).sort();
  const texts = await notedTexts(folder, names);
  const seen = new Set();
  const findings = [];
  let count = 0;
  for (const name of names.filter((each) => !each.endsWith('.texts'))) {
    const lines = (await readFile(join(folder, name), 'utf8')).split('\n').slice(0, -1); // a killed process' last one is none
    count += lines.length;
    for (const [index, line] of lines.entries()) {
      const { text, fault } = read(line, name);
      if (fault === undefined && (text === '' || seen.has(text))) continue;
      seen.add(text);
      const what = fault ?? secretIn(text) ?? textIn(text, texts);
      if (what && findings.length < MOST_FINDINGS)
        findings.push(`${what} in ${name}:${index + 1}: ${line.slice(0, 500)}`);
    }
  }
  return { lines: count, findings };
}

/** What a line says, its time and process aside; what the program prints for whoever started it is no log. */
function read(line, name) {
  if (name.endsWith('.err')) return { text: line };
  if (name.endsWith('.out') && ANNOUNCEMENT.test(line)) return { text: '' };
  const fields = parseObject(line);
  if (!fields) return { text: line, fault: 'no JSON object' };
  const said = Object.entries(fields).filter(([field]) => !OF_EVERY_LINE.has(field));
  return { text: asText(said) };
}

/** They differ where the words are the same. */
const OF_EVERY_LINE = new Set(['time', 'pid', 'level', 'requestId']);

function parseObject(line) {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && !Array.isArray(value) && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Every word of a value, without the marks of JSON, which would hide some. */
function asText(value) {
  return typeof value === 'object' && value !== null ? Object.values(value).map(asText).join('\n') : String(value);
}

function secretIn(text) {
  return SECRETS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** A noted text, or its beginning. */
function textIn(text, texts) {
  for (let at = 0; at + LEAST_CHARACTERS <= text.length; at++)
    if (texts.has(text.slice(at, at + LEAST_CHARACTERS))) return 'a text of a user or a provider';
  return undefined;
}

/** Their beginnings. */
async function notedTexts(folder, names) {
  const files = names.filter((name) => name.endsWith('.texts')).map((name) => readFile(join(folder, name), 'utf8'));
  const lines = (await Promise.all(files)).flatMap((text) => text.split('\n').slice(0, -1));
  return new Set(lines.map((line) => JSON.parse(line).slice(0, LEAST_CHARACTERS)));
}
