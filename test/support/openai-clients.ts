import OpenAI from 'openai';

const nodeMajor = Number(process.versions.node.split('.')[0]);

/** OpenAI's own client, in every version that runs here: the next major one wants Node 22. */
export const OPENAI_CLIENTS: [string, typeof OpenAI][] = [
  ['openai 6', OpenAI],
  ...(nodeMajor >= 22
    ? [['openai 7', (await import('openai7')).default as unknown as typeof OpenAI] satisfies [string, typeof OpenAI]]
    : []),
];

/** The messages of a question. */
export const ask = (content: string) => [{ role: 'user' as const, content }];
