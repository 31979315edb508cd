import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { logFields } from './log-fields.js';

/**
 * Nest's logger on pino: one JSON object a line, on stdout. A line about a request says which: `{ requestId }` between
 * message and context becomes a field of its own. Callers never hand it secrets, tokens, prompts or answers.
 */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  /**
   * @param level least severity that is written; 'silent': nothing
   * @param destination absent: stdout
   */
  constructor(level: string, destination?: DestinationStream) {
    const options = { level, base: { pid: process.pid } };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** @param rest what the caller added, and last its context, as Nest hands both on */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    this.pino[level]({ context: rest.at(-1), ...logFields([message, ...rest.slice(0, -1)]) }, String(message));
  }
}
