import { creditsNumber, type MicroCredits } from '../../common/money/micro-credits.js';
import type { EventName, UserEvent, UserEvents } from '../../events/user-events.js';
import type { AccountState } from './accounts.service.js';

export type AccountEvent = UserEvent<'account'>;
/** What a listener knows, or will know once it was told. */
export type KnownState = Pick<AccountState, 'balance' | 'held' | 'available' | 'isFrozen'>;

/**
 * What there is to tell of an account.
 * @param known what was told before; undefined: nothing, so all of it is told
 * @param lowBelow an account with less available is low. It is told once, and again only after it was not low.
 */
export function accountNews(state: KnownState, known: KnownState | undefined, lowBelow: MicroCredits): AccountEvent[] {
  const news: AccountEvent[] = [];
  if (state.balance !== known?.balance || state.held !== known.held) {
    news.push(
      accountEvent('credits.changed', {
        balance: creditsNumber(state.balance),
        held: creditsNumber(state.held),
        available: creditsNumber(state.available),
      }),
    );
  }
  if (state.available < lowBelow && !(known && known.available < lowBelow)) {
    const threshold = creditsNumber(lowBelow);
    news.push(accountEvent('credits.low', { available: creditsNumber(state.available), threshold }));
  }
  if (state.isFrozen !== (known?.isFrozen ?? false)) {
    news.push(accountEvent('account.frozen', { frozen: state.isFrozen }));
  }
  return news;
}

function accountEvent<E extends EventName<'account'>>(event: E, data: UserEvents['account'][E]): AccountEvent {
  return { channel: 'account', event, data: data };
}
