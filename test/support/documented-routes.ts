import { readFileSync } from 'node:fs';

/** A route, as contracts/api-spec.json has it; another test holds that to the code. */
export interface DocumentedRoute {
  /** In capitals. */
  method: string;
  /** `/api/mcp/requests/{id}` */
  template: string;
  /** Names in the template. */
  parameters: string[];
  takesBody: boolean;
  /** Nothing is asked for: no token, or one where the operator sets one. */
  isOpen: boolean;
}

interface Operation {
  security?: Record<string, unknown>[];
  requestBody?: unknown;
}

/** Every route of the gateway: what is added is attacked too. */
export function documentedRoutes(): DocumentedRoute[] {
  const file = new URL('../../contracts/api-spec.json', import.meta.url);
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, { security, requestBody }]) => ({
      method: method.toUpperCase(),
      template,
      parameters: [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
      takesBody: requestBody !== undefined,
      isOpen: security === undefined || security.some((each) => Object.keys(each).length === 0),
    })),
  );
}

/** The path with these in place of the parameters; 'x' for those that are not given. */
export function filledPath({ template }: DocumentedRoute, values: Record<string, string> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? 'x'));
}
