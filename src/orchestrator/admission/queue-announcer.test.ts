import { eventually } from '../../../test/support/eventually.js';
import { Place } from './place.js';
import { ProviderSlots } from './provider-slots.js';
import { QueueAnnouncer } from './queue-announcer.js';

interface News {
  requestId: string;
  event: string;
  position?: number;
}

describe('news of a line', () => {
  const news: News[] = [];
  const here = new Set<string>();
  let slots: ProviderSlots;
  let announcer: QueueAnnouncer;
  let places: Place[];

  beforeEach(() => {
    news.length = 0;
    here.clear();
    slots = new ProviderSlots('openai', { concurrency: 1, queueLength: 5_000, queuePerUser: 5_000 });
    const events = {
      publish: (_user: string, _channel: string, event: string, data: unknown) =>
        void news.push({ event, ...(data as { requestId: string }) }),
      isListening: (user: string) => here.has(user),
    };
    announcer = new QueueAnnouncer(events, () => [slots]);
    places = [];
  });
  afterEach(() => {
    announcer.stop();
    for (const each of places) each.leave();
  });

  function enter(userId: string): Place {
    const place = new Place(userId, `${userId} ${places.length}`, 60_000, announcer);
    places.push(place);
    place.enter([slots], false);
    return place;
  }
  const of = (place: Place) => news.filter(({ requestId }) => requestId === place.requestId);

  it('is told once of each place, and of what changes to those who listen here', async () => {
    here.add('a');
    const holder = enter('x');
    const [first, listening, deaf] = [enter('c'), enter('a'), enter('b')];
    await eventually(() => expect(news).toHaveLength(3));
    expect(of(listening)).toMatchObject([{ event: 'request.queued', position: 2 }]);
    first.leave();
    await eventually(() => expect(of(listening)).toHaveLength(2));
    expect(of(listening)[1]).toMatchObject({ event: 'request.queued', position: 1 });
    expect(of(deaf)).toMatchObject([{ event: 'request.queued', position: 3 }]);
    holder.leave();
    expect(of(listening)[2]).toEqual({ requestId: listening.requestId, event: 'request.waiting' });
    listening.leave();
    expect(of(deaf)[1]).toEqual({ requestId: deaf.requestId, event: 'request.waiting' });
  });

  it('is nothing where the wait is over before anybody looked', async () => {
    const holder = enter('x');
    const brief = enter('a');
    const long = enter('b');
    holder.leave();
    expect(brief.providerId).toBe('openai');
    await eventually(() => expect(of(long)).toHaveLength(1));
    expect(of(brief)).toEqual([]);
  });

  it('gives each of thousands a position of its own', async () => {
    for (let index = 0; index <= 2_000; index++) enter(`user ${index % 100}`);
    await eventually(() => expect(news.length).toBe(2_000));
    expect(new Set(news.map(({ position }) => position)).size).toBe(2_000);
  });
});
