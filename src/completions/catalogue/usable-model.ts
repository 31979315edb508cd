import type { Rights } from '../../auth/role-rights.js';
import type { CatalogueModel } from './catalogue-model.js';

/** Whether somebody's roles allow a model of the catalogue: by its name, or as what an alias stands for. */
export function isUsable({ id, type, offers }: CatalogueModel, rights: Rights): boolean {
  return rights.isAnyModel || [id, ...offers.map(({ model }) => model)].some((model) => rights.mayUse(type, model));
}
