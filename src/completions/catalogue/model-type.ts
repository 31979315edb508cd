/** What a model is used for here. */
export type ModelType = 'chat' | 'embedding';

const EMBEDDING = /embed/;
/** Not for text: sound, pictures, moderation, reading of documents. */
const OTHER_MEDIA =
  /(^|[-/])(audio|realtime|live|transcribe|tts|whisper|voxtral|image|dall-e|sora|veo|moderation|ocr|rerank)([-:.]|$)/;
/** OpenAI's models that only its other endpoints answer with: plain completions, responses. */
const OTHER_ENDPOINTS =
  /^(ada|babbage|curie|davinci|text-(ada|babbage|curie|davinci)|gpt-3\.5-turbo-instruct|computer-use|(gpt-\d[\d.]*-)?codex|(o\d|gpt-\d[\d.]*)-pro|.*-deep-research)/;

/** What a listed model is for, by its name, as price lists don't say it. @returns undefined: for nothing that there is here */
export function modelTypeOf(name: string): ModelType | undefined {
  if (EMBEDDING.test(name)) return 'embedding';
  return OTHER_MEDIA.test(name) || OTHER_ENDPOINTS.test(name) ? undefined : 'chat';
}
