/** A Claude model by the parts of its name. */
export interface ClaudeVersion {
  /** 'opus', 'sonnet', 'haiku', 'fable', 'mythos' …; '' before Claude 3. */
  line: string;
  /** 4.7 is 407, 4.12 is 412. */
  version: number;
}

const LINE_FIRST = /^claude-([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?(?:-|@|$)/;
const VERSION_FIRST = /^claude-(\d)(?:[.-](\d))?(?:-([a-z]+))?/;
/** 'us.anthropic.claude-…', 'anthropic/claude-…': other houses that sell Claude. */
const VENDOR_PREFIX = /^(?:[a-z]+\.)?anthropic[./]/;
/** Came between Opus 4.6 and 4.7 and behaves like what came after. */
const PREVIEW: ClaudeVersion = { line: 'mythos', version: 407 };

/** Undefined: the name is none of Claude's. 'claude-3-5-haiku-latest' and 'claude-haiku-4-5-20251001' alike. */
export function claudeVersion(model: string): ClaudeVersion | undefined {
  const name = model.replace(VENDOR_PREFIX, '');
  if (name.startsWith('claude-mythos-preview')) return PREVIEW;
  const [, line, major, minor = '0'] = LINE_FIRST.exec(name) ?? [];
  if (line !== undefined) return { line, version: Number(major) * 100 + Number(minor) };
  const [, oldMajor, oldMinor = '0', oldLine = ''] = VERSION_FIRST.exec(name) ?? [];
  if (oldMajor === undefined) return undefined;
  return { line: oldLine, version: Number(oldMajor) * 100 + Number(oldMinor) };
}
