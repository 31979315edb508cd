import type { CatalogueModel } from '../../completions/catalogue/catalogue-model.js';

/** A list of models as OpenAI's clients want it. */
export function openAiModels(models: readonly CatalogueModel[]): object {
  return { object: 'list', data: models.map(openAiModel) };
}

/** Nobody tells when a model was made: `created` is 0. */
export function openAiModel({ id, offers }: CatalogueModel): object {
  return { id, object: 'model', created: 0, owned_by: offers[0]?.provider ?? 'unknown' };
}
