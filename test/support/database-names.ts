/** The migrated database that every test's database is a copy of. */
export const TEMPLATE_DATABASE = 'gateway_template';

/** The variable by which a run's global set-up tells its tests where the server is. */
export const TEST_SERVER_VARIABLE = 'TEST_SERVER_URL';

/** The URL of another database of the same server. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
