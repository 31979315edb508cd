import { validationFailure } from '../../common/errors/field-faults.js';
import type { CatalogueModel } from '../../completions/catalogue/catalogue-model.js';

/** What a client says of the page that it wants, as it stands in the query. */
export interface PageQuery {
  limit?: unknown;
  afterId?: unknown;
  beforeId?: unknown;
}

const DEFAULT_LIMIT = 20;
const MOST = 1_000;

/**
 * A page of the models that chat, as Anthropic's clients want it.
 * @throws GatewayError VALIDATION_ERROR
 */
export function anthropicModels(models: readonly CatalogueModel[], query: PageQuery): object {
  const chats = models.filter(({ type }) => type === 'chat');
  const { page, hasMore } = pageOf(chats, query);
  return {
    data: page.map(anthropicModel),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

/** Nobody tells when a model was made; Anthropic's own word for that is the beginning of time. */
export function anthropicModel({ id }: CatalogueModel): object {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' };
}

function pageOf(models: readonly CatalogueModel[], { limit, afterId, beforeId }: PageQuery) {
  const count = limitOf(limit);
  if (beforeId !== undefined) {
    const end = placeOf(models, beforeId, 'before_id');
    const start = Math.max(0, end - count);
    return { page: models.slice(start, end), hasMore: start > 0 };
  }
  const start = afterId === undefined ? 0 : placeOf(models, afterId, 'after_id') + 1;
  return { page: models.slice(start, start + count), hasMore: start + count < models.length };
}

function limitOf(limit: unknown = `${DEFAULT_LIMIT}`): number {
  const count = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (count >= 1 && count <= MOST) return count;
  throw validationFailure([{ field: 'limit', message: `limit must be a whole number from 1 to ${MOST}` }]);
}

function placeOf(models: readonly CatalogueModel[], id: unknown, field: string): number {
  const place = models.findIndex((model) => model.id === id);
  if (place >= 0) return place;
  throw validationFailure([{ field, message: `${field} must be the id of a model` }]);
}
