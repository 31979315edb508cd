/** What the package exports beside McpClient, for a browser and for Node alike. */
export type { Answer, AnswerPart } from './answer.js';
export type { AnswerResult, QueuePlace } from './answer-state.js';
export type { McpClientOptions } from './client-options.js';
export type { ConnectionStatus } from './connection-owner.js';
export { McpError, type ErrorCode } from './mcp-error.js';
export type { CallOptions, Known } from './mcp-client.js';
export type {
  AnswerMetadata,
  Channel,
  ChatOptions,
  CompletionOptions,
  EmbeddingOptions,
  HubEvent,
  Usage,
} from './protocol.js';
export type {
  ImagePart,
  Message,
  ReasoningBlock,
  ResponseFormat,
  TextPart,
  TokenLogprob,
  Tool,
  ToolCall,
} from './conversation.js';
export { MemoryStorage, webStorage, type AnswerStorage } from './storage.js';
export type { ListedVideos, OrderedVideo, VideoOrder, VideoQuery, VideoStatus, Videos, WaitOptions } from './videos.js';
export type { TokenProvider, TokenRequest } from './token-source.js';
