import type { UserEvent } from './user-events.js';

/** What an event is about: of two about the same, the later one says all that matters. */
export function subjectOf({ channel, event, data }: UserEvent): string {
  const { requestId, videoId } = data;
  const subject = channel === 'requests' ? requestId : channel === 'videos' ? videoId : undefined;
  return typeof subject === 'string' ? subject : event;
}
