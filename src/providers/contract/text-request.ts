/** A piece of a message's content. */
export interface TextPart {
  type: 'text';
  text: string;
}

/** One message of a conversation, in the platform's own shape; each vendor's strategy translates it. */
export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string | TextPart[];
  /** Names the speaker, where the vendor has such a field. */
  name?: string;
}

/** What a text provider is asked for. The output limit always goes upstream, so that the answer can't outgrow its hold. */
export interface TextRequest {
  model: string;
  messages: Message[];
  /** Most tokens the answer may have, reasoning included. */
  maxOutputTokens: number;
  /** 0 to 2. */
  temperature?: number;
  /** 0 to 1. */
  topP?: number;
  /** Where the answer ends; not part of it. At most 4. */
  stop?: string[];
}

export interface EmbeddingRequest {
  model: string;
  inputs: string[];
}
