import type { UserEvent } from './user-events.js';

/** What a connection is told of an event. `id` is the subscription's, or the request's that the event answers. */
export function eventFrame(id: string, { channel, event, data }: UserEvent): string {
  return JSON.stringify({ id, type: 'event', channel, event, data });
}
