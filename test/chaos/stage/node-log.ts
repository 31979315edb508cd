import type { StageNode } from './stage-node.js';

/** A line of a node's own log. */
export interface LogLine {
  node: string;
  epochMs: number;
  level: 'warn' | 'error';
  message: string;
}

const WARN_LEVEL = 40;
const ERROR_LEVEL = 50;

/** What the nodes had to say, warnings and errors. */
export function readLogs(nodes: readonly StageNode[]): LogLine[] {
  return nodes.flatMap(({ name, lives }) => lives.flatMap(({ printed }) => printed.split('\n').flatMap(parse(name))));
}

function parse(node: string): (line: string) => LogLine[] {
  return (line) => {
    if (!line.startsWith('{')) return [];
    try {
      const { level, time, msg } = JSON.parse(line) as { level: number; time: number; msg: string };
      if (level < WARN_LEVEL) return [];
      return [{ node, epochMs: time, level: level >= ERROR_LEVEL ? 'error' : 'warn', message: msg }];
    } catch {
      return []; // cut off by a kill
    }
  };
}
