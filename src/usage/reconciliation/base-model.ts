/** The date of a version, at the end of a model's name: gpt-4.1-2025-04-14, claude-sonnet-4-20250514, gpt-4-0613. */
const VERSION = /-(?:\d{4}-\d\d-\d\d|20\d{6}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|latest)$/;

/** A model's name without its version: the vendors count by that, while most clients ask for the model alone. */
export function baseModel(model: string): string {
  return model.replace(VERSION, '');
}
