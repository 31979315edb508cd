import type { WireName } from './wire.js';

const CREATED_SECONDS = 1_700_000_000;
const CREATED_AT = new Date(CREATED_SECONDS * 1000).toISOString();
const MODELS: Record<WireName, string[]> = {
  openai: [
    'gpt-4',
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-3.5-turbo',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'text-embedding-ada-002',
  ],
  anthropic: ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-haiku-4-5'],
};

/** The list of models as each vendor words it. Models that aren't in it are answered all the same. */
export function modelList(wire: WireName): object {
  const ids = MODELS[wire];
  if (wire === 'openai') {
    return {
      object: 'list',
      data: ids.map((id) => ({ id, object: 'model', created: CREATED_SECONDS, owned_by: 'simulator' })),
    };
  }
  const data = ids.map((id) => ({ type: 'model', id, display_name: id, created_at: CREATED_AT }));
  return { data, has_more: false, first_id: ids[0], last_id: ids.at(-1) };
}
