import { Client } from 'pg';
import type {
  AdminUsageReportResponse,
  UsageReportResponse,
  UsageSums,
} from '../../src/usage/report/usage-report.dto.js';
import { eventually } from './eventually.js';
import type { RestClient } from './rest-client.js';

/** A user's report, once it has everything that had ended before this call. @param query such as 'groupBy=model' */
export function ownUsage(client: RestClient, query = ''): Promise<UsageReportResponse> {
  return upToNow(client, `/api/mcp/usage?${query}`);
}

/** The same for an administrator. */
export function adminUsage(client: RestClient, query = ''): Promise<AdminUsageReportResponse> {
  return upToNow(client, `/api/mcp/admin/usage?${query}`);
}

async function upToNow<T extends { asOf: string }>(client: RestClient, path: string): Promise<T> {
  const calledAt = new Date().toISOString();
  return eventually(async () => {
    const { status, body } = await client.get<T>(path);
    if (status !== 200) throw new Error(`the report answers ${status}: ${JSON.stringify(body)}`);
    if (body.asOf < calledAt) throw new Error(`the report is of ${body.asOf}, not yet of ${calledAt}`);
    return body;
  });
}

/** Sums that add up, from any of them. */
export function addUp(sums: readonly Omit<UsageSums, 'videos'>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of sums)
    for (const [name, value] of Object.entries(each))
      if (typeof value === 'number') total[name] = Number(((total[name] ?? 0) + value).toFixed(6));
  return total;
}

/** Requests that ended and are not counted yet. */
export async function uncounted(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM usage.ended');
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}
