import { calcPrice, findProvider } from '@pydantic/genai-prices';

/** A model that the public price list knows. */
export interface ListedModel {
  name: string;
  /** Tokens of prompt and answer together; absent: the list doesn't say. */
  contextTokens?: number;
  /** Its vendor is about to retire it, or has. */
  isDeprecated: boolean;
}

type ListedEntry = NonNullable<ReturnType<typeof findProvider>>['models'][number];
type MatchRule = ListedEntry['match'];

/** What a client could not send as the name of a model. */
const NO_NAME = /[^\x21-\x7e]|[-_]$|^ft:/;

/**
 * The models of a provider, under each of the names that the list spells out, dated ones included, in the list's order.
 * Names that only fit a pattern are not among them, though they have a price as well.
 * @param listId the provider's id in the list
 */
export function listedModels(listId: string): ListedModel[] {
  const entries = findProvider({ providerId: listId })?.models ?? [];
  const spelled = new Set<string>();
  return entries.flatMap((entry) => {
    const about = {
      isDeprecated: entry.deprecated === true || /^retired\b/i.test(entry.description ?? ''),
      ...(entry.context_window === undefined ? {} : { contextTokens: entry.context_window }),
    };
    return namesOf(entry)
      .filter((name) => !NO_NAME.test(name) && isPricedAs(name, entry, listId) && isFirstSpelling(name, spelled))
      .map((name) => ({ name, ...about }));
  });
}

function namesOf({ id, match }: ListedEntry): string[] {
  return [...new Set([id, ...literals(match)])];
}

function literals(rule: MatchRule): string[] {
  if ('equals' in rule) return [rule.equals];
  if ('or' in rule) return rule.or.flatMap(literals);
  return [];
}

/** Some ids of the list are names of its own, which it does not find again itself. */
function isPricedAs(name: string, { id }: ListedEntry, listId: string): boolean {
  return calcPrice({ input_tokens: 1 }, name, { providerId: listId })?.model.id === id;
}

/** The list has several spellings of one name: 'gpt-5.1' and 'gpt-5-1', of which the first is the vendor's. */
function isFirstSpelling(name: string, spelled: Set<string>): boolean {
  const letters = name.toLowerCase().replaceAll(/[-_.]/g, '');
  if (spelled.has(letters)) return false;
  spelled.add(letters);
  return true;
}
