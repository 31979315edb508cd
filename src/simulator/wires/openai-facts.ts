/** What OpenAI's models are known to refuse; of any other model nothing is known, and it takes everything. */
export interface OpenAiFacts {
  /** It reasons: no sampling, no penalties, no stop sequences, no log probabilities. */
  reasons: boolean;
  /** The efforts that it knows; undefined: it has no such field. */
  efforts?: readonly string[];
  /** With tools the effort has to be 'none', and said to be so. */
  wantsNoReasoningWithTools: boolean;
  /** Knows the newer name of the output limit only. */
  wantsNewLimit: boolean;
  takesImages: boolean;
  takesTools: boolean;
  takesSchemas: boolean;
  /** Writes cache breakpoints. */
  takesBreakpoints: boolean;
}

const LENIENT: OpenAiFacts = {
  reasons: false,
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  wantsNoReasoningWithTools: false,
  wantsNewLimit: false,
  takesImages: true,
  takesTools: true,
  takesSchemas: true,
  takesBreakpoints: true,
};
const PLAIN: OpenAiFacts = { ...LENIENT, takesBreakpoints: false };
const O_SERIES = ['low', 'medium', 'high'];

export function openAiFacts(model: string): OpenAiFacts {
  if (/^o\d/.test(model)) {
    return { ...PLAIN, reasons: true, efforts: O_SERIES, wantsNewLimit: true, takesImages: !/^o3-mini/.test(model) };
  }
  const [, major = '', minor = '0'] = /^gpt-(\d+)(?:\.(\d+))?/.exec(model) ?? [];
  const version = Number(major) * 100 + Number(minor);
  if (/-chat/.test(model)) return withoutEffort({ ...PLAIN, wantsNewLimit: true });
  if (version >= 500) return reasoningFacts(model, version);
  if (/^gpt-(3|4)/.test(model) || /^chatgpt-/.test(model)) {
    const isText = /^(gpt-3\.5|gpt-4(-0\d+|-32k.*)?$)/.test(model);
    return withoutEffort({ ...PLAIN, takesImages: !isText, takesSchemas: /^gpt-4(o|\.)/.test(model) });
  }
  return LENIENT;
}

function withoutEffort({ efforts: _, ...facts }: OpenAiFacts): OpenAiFacts {
  return facts;
}

function reasoningFacts(model: string, version: number): OpenAiFacts {
  const knowsNone = (version > 500 && version < 600) || /^gpt-(6-sol|6-luna|6\.1-terra)/.test(model);
  const efforts = [...(knowsNone ? ['none'] : []), ...(version === 500 ? ['minimal'] : []), ...O_SERIES];
  return {
    ...PLAIN,
    reasons: true,
    efforts: version >= 502 ? [...efforts, 'xhigh'] : efforts,
    wantsNoReasoningWithTools: version >= 504,
    wantsNewLimit: true,
    takesTools: version < 600 || knowsNone,
    takesBreakpoints: version >= 506,
  };
}
