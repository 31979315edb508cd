/** How a server that speaks OpenAI's wire differs from OpenAI. What is absent is as at OpenAI. */
export interface OpenAiDialect {
  /** What the output limit is called; absent: by the model's name, `max_tokens` for strangers. */
  outputLimitField?: 'max_tokens' | 'max_completion_tokens';
  /** false: `stream_options` is refused (usage is then what the server reports unasked, or our own count). */
  streamOptions?: boolean;
  /** 'developer': the role of instructions; absent: 'system', which OpenAI takes for every model. */
  instructionRole?: 'system' | 'developer';
  /**
   * How the server is told to go on with the last message: vLLM by fields of the request, Mistral and DeepSeek by a
   * field of the message; others (Ollama, OpenRouter) do so by themselves. Only where the model's capability `prefill` is on.
   */
  prefillField?: 'continue_final_message' | 'prefix';
}
