/** What to check, by the code of the driver's or the server's error (PostgreSQL manual, appendix A). */
const ADVICE: Readonly<Record<string, string>> = {
  '28P01': 'the server refused the password: check user and password in DATABASE_URL',
  '28000': "the server doesn't let this user in: check the user in DATABASE_URL, and the server's pg_hba.conf",
  '3D000': 'the server has no such database: check the name at the end of DATABASE_URL, or create it',
  '42501': 'the user of DATABASE_URL lacks a right: make it the owner of the database and its schema',
  ECONNREFUSED: 'nothing listens at the host and port of DATABASE_URL: check both, and that the server runs',
  ETIMEDOUT: 'nothing answers at the host of DATABASE_URL: check its address, and the firewalls between',
  ENOTFOUND: 'the host of DATABASE_URL is not known: check its name',
};
const TERMINATED = 'the server of DATABASE_URL ended the connection: check that it is PostgreSQL, its log, and TLS';

/**
 * Why the start failed, as an operator needs it: where the database is at fault DATABASE_URL is named, never its value.
 * @param hasUrl whether DATABASE_URL is given: no advice about it where the embedded server failed
 */
export function explainStartFailure(error: unknown, hasUrl: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const advice = hasUrl ? adviceOnDatabase(error) : undefined;
  const reason = message || codesOf(error).join(', '); // an AggregateError of several addresses has no message
  return advice === undefined ? reason : `${reason} (${advice})`;
}

/** What to check where a database can't be used; undefined where the error says nothing that is known. */
export function adviceOnDatabase(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('Connection terminated unexpectedly')) return TERMINATED;
  const code = codesOf(error).find((each) => Object.hasOwn(ADVICE, each));
  return code === undefined ? undefined : ADVICE[code];
}

/** Its own code, and those of what it stands for: a host with several addresses fails at each of them. */
function codesOf(error: unknown): string[] {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown };
  const own = typeof code === 'string' ? [code] : [];
  return Array.isArray(errors) ? [...own, ...errors.flatMap(codesOf)] : own;
}
