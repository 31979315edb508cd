import { Logger } from '@nestjs/common';

/** Is told of something that has happened; at once, so it had better be quick. */
export type Observer<Event> = (event: Event) => void;

const logger = new Logger('Observers');

/** Those who want to be told of what a room does; the room does not know them, and does not depend on them. */
export class Observers<Event> {
  private readonly observers = new Set<Observer<Event>>();

  /** @returns what ends the observing */
  add(observer: Observer<Event>): () => void {
    this.observers.add(observer);
    return () => void this.observers.delete(observer);
  }

  /** Never throws. */
  tell(event: Event): void {
    for (const observer of this.observers) {
      try {
        observer(event);
      } catch (error) {
        logger.error('An observer failed', (error as Error).stack);
      }
    }
  }
}
