import type { LoggerService } from '@nestjs/common';
import { pino, type Level, type Logger } from 'pino';

/** Nest's logger on pino: one JSON object a line, on stdout. Callers never hand it secrets, tokens or prompts. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param level least severity that is written; 'silent': nothing */
  constructor(level: string) {
    this.pino = pino({ level, base: { pid: process.pid } });
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    const [stack, context] = rest.length > 1 ? rest : [undefined, rest[0]];
    this.pino.error({ context, ...(stack === undefined ? {} : { stack }) }, String(message));
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

  private write(level: Level, message: unknown, rest: unknown[]): void {
    this.pino[level]({ context: rest.at(-1) }, String(message));
  }
}
