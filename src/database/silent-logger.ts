import { AbstractLogger } from 'typeorm';

/** TypeORM's own logger writes to the console; what went wrong is thrown to us anyway. */
export class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {
    // says nothing
  }
}
