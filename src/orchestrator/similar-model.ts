import { findProvider } from '@pydantic/genai-prices';

/** What is older than a model that was retired may well be gone too. */
const OLDER_FACTOR = 3;
/** A snapshot's date or number at the end of a name: '-2024-08-06', '-20241022', '-0613', '-001', '-latest'. */
const SNAPSHOT = /(-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3}|latest|preview))+$/;

/** The models that the public price list has of a provider; none where it does not know it. */
export function listedModels(priceListId: string): readonly string[] {
  const models = findProvider({ providerId: priceListId })?.models ?? [];
  return models.filter(({ deprecated }) => !deprecated).map(({ id }) => id);
}

/**
 * The model most like one that a provider does not know (any more): the same without its date or with another one, else
 * the same family and tier ('gpt' 'mini', 'claude' 'sonnet') of the nearest version, a newer one rather than an older.
 * @param known the provider's models
 */
export function similarModel(model: string, known: readonly string[]): string | undefined {
  const wanted = traitsOf(model);
  const [nearest] = known
    .filter((each) => each !== model)
    .map((each) => ({ each, traits: traitsOf(each) }))
    .filter(({ traits }) => traits.kind === wanted.kind)
    .map(({ each, traits }) => ({ each, distance: distanceOf(traits, wanted), version: traits.version }))
    .sort((a, b) => a.distance - b.distance || b.version - a.version || a.each.length - b.each.length);
  return nearest?.each;
}

interface Traits {
  /** Without date: two snapshots of one model have the same. */
  stem: string;
  /** Family and tier: its words, without versions, in no order. */
  kind: string;
  /** 4.1 of 'gpt-4.1-mini', 3.5 of 'claude-3-5-sonnet'; 0 where there is none. */
  version: number;
}

function traitsOf(model: string): Traits {
  const stem = model.replace(SNAPSHOT, '');
  const [, head = '', family = ''] = /^(.*\/)?([a-z]+)/i.exec(stem) ?? [];
  const numbers = stem.match(/\d+(\.\d+)?/g) ?? [];
  const [major = '0', minor] = numbers;
  const version = Number(major.includes('.') || minor === undefined || minor.length > 1 ? major : `${major}.${minor}`);
  const words = stem
    .slice(head.length)
    .split(/[-_.:@/]/)
    .map((word) => (word.startsWith(family) ? word.slice(family.length) : word)) // 'o3', 'llama3'
    .filter((word) => !/^[\d.]*$/.test(word));
  return { stem, kind: [family, ...words.sort()].join(' '), version };
}

function distanceOf(traits: Traits, wanted: Traits): number {
  if (traits.stem === wanted.stem) return -1;
  const newer = traits.version - wanted.version;
  return newer >= 0 ? newer : -newer * OLDER_FACTOR;
}
