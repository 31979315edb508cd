/** What Claude's models are known to refuse; of any other model nothing is known, and it takes everything. */
export interface AnthropicFacts {
  takesImages: boolean;
  takesPrefill: boolean;
  takesSampling: boolean;
  /** Temperature and top_p at once. */
  takesBothSamplings: boolean;
  takesForcedTools: boolean;
  takesSchemas: boolean;
  thinkingTypes: readonly string[];
  efforts: readonly string[];
}

const LENIENT: AnthropicFacts = {
  takesImages: true,
  takesPrefill: true,
  takesSampling: true,
  takesBothSamplings: true,
  takesForcedTools: true,
  takesSchemas: true,
  thinkingTypes: ['enabled', 'adaptive', 'disabled', 'between_tools'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
};

export function anthropicFacts(model: string): AnthropicFacts {
  const [, major, minor, line, laterMajor, laterMinor] =
    /^claude-(?:(\d)(?:[.-](\d))?|([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?)(?:-|$)/.exec(model) ?? [];
  const version = Number(major ?? laterMajor) * 100 + Number(minor ?? laterMinor ?? 0);
  return Number.isNaN(version) ? LENIENT : factsOf(line ?? '', version);
}

function factsOf(line: string, version: number): AnthropicFacts {
  const isFable = line === 'fable' || line === 'mythos';
  const isLate = version >= 505 && line !== 'haiku';
  return {
    takesImages: version >= 300,
    takesPrefill: version < 406,
    takesSampling: version < 407,
    takesBothSamplings: version < 401,
    takesForcedTools: !isLate && !(isFable && version > 500),
    takesSchemas: version >= 405 || (line === 'opus' && version === 401),
    thinkingTypes: thinkingTypes(line, version, isLate || isFable),
    efforts: effortsOf(line, version),
  };
}

function thinkingTypes(line: string, version: number, isAlwaysOn: boolean): string[] {
  if (version < 307) return [];
  if (version < 406) return ['enabled', 'disabled'];
  if (version === 406) return ['enabled', 'adaptive', 'disabled'];
  if (line === 'sonnet' && version >= 505) return ['adaptive', 'between_tools'];
  return isAlwaysOn ? ['adaptive'] : ['adaptive', 'disabled'];
}

function effortsOf(line: string, version: number): string[] {
  if (version >= 407) return ['low', 'medium', 'high', 'xhigh', 'max'];
  if (version === 406) return ['low', 'medium', 'high', 'max'];
  return version === 405 && line === 'opus' ? ['low', 'medium', 'high'] : [];
}
