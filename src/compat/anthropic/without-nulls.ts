import { withoutNulls } from '../http/fields.js';

type Fields = Record<string, unknown>;

/**
 * The body without the fields that are null, which Anthropic takes for absent. What is the client's own, such as the
 * input of a tool or a schema, stays as it is.
 */
export function withoutNullFields(body: Fields): Fields {
  const fields = withoutNulls(body);
  change(
    fields,
    'messages',
    each((message) => change(withoutNulls(message), 'content', each(block))),
  );
  change(fields, 'system', each(block));
  change(fields, 'tools', each(withControl));
  for (const name of ['tool_choice', 'thinking', 'cache_control']) change(fields, name, withoutNulls);
  change(fields, 'output_config', (config) => change(withoutNulls(config), 'format', withoutNulls));
  return fields;
}

function block(value: unknown): unknown {
  return change(change(withControl(value), 'content', each(block)), 'source', withoutNulls);
}

function withControl(value: unknown): unknown {
  return change(withoutNulls(value), 'cache_control', withoutNulls);
}

/** Changes a field of a fresh object, where it has that field. */
function change(value: unknown, name: string, make: (field: unknown) => unknown): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name))
    (value as Fields)[name] = make((value as Fields)[name]);
  return value;
}

/** The same for every element of a list; what is none stays as it is. */
function each(make: (element: unknown) => unknown): (list: unknown) => unknown {
  return (list) => (Array.isArray(list) ? list.map(make) : list);
}
