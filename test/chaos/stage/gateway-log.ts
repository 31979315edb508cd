import type { GatewayNode } from './gateway-node.js';

/** A line of a gateway's own log. */
export interface LogLine {
  node: string;
  epochMs: number;
  level: 'warn' | 'error';
  message: string;
}

const ERROR_LEVEL = 50;

/** What the gateways had to say, warnings and errors. */
export function readGatewayLogs(nodes: readonly GatewayNode[]): LogLine[] {
  return nodes.flatMap(({ name, lives }) => lives.flatMap(({ printed }) => printed.split('\n').flatMap(parse(name))));
}

function parse(node: string): (line: string) => LogLine[] {
  return (line) => {
    if (!line.startsWith('{')) return [];
    try {
      const { level, time, msg } = JSON.parse(line) as { level: number; time: number; msg: string };
      return [{ node, epochMs: time, level: level >= ERROR_LEVEL ? 'error' : 'warn', message: msg }];
    } catch {
      return []; // cut off by a kill
    }
  };
}
