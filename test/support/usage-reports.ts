import type { AdminUsageReportResponse, UsageReportResponse } from '../../src/usage/report/usage-report.dto.js';
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

/** Each field that is a number, added up to the millionth. */
export function addUp(sums: readonly object[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of sums)
    for (const [name, value] of Object.entries(each))
      if (typeof value === 'number') total[name] = Number(((total[name] ?? 0) + value).toFixed(6));
  return total;
}
