import type { Frame } from './socket-client.js';

interface Call {
  id: string;
  name: string;
  arguments: string;
}

/** The calls of tools that an answer has, put together from its frames. */
export function toolCallsOf(frames: readonly Frame[]): Call[] {
  const calls: Call[] = [];
  for (const { toolCalls = [] } of frames)
    toolCalls.forEach(({ index = calls.length, id = '', name = '', arguments: more }) => {
      const call = (calls[index] ??= { id, name, arguments: '' });
      call.arguments += more;
    });
  return calls;
}
