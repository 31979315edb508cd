import { KEY_ID_CHARACTERS } from '../../common/encryption/encryption-keys.js';
import { MARKER } from '../../common/encryption/text-cipher.js';

/** How many texts of one kind are under one key. */
export interface KeyUse {
  kind: string;
  keyId: string;
  count: number;
}

/** A marked text begins with this, whatever its length: no more of it is read. */
const LONGEST_BEGINNING = MARKER.length + KEY_ID_CHARACTERS + 1;

/** Everything of the database that is kept sealed, by kind and key. The marker with no id behind it is that of a clear text. */
const COUNT = `
  SELECT kind, split_part(beginning, ':', 2) AS "keyId", count(*)::int AS count
  FROM (
    SELECT kind, left(kept, ${LONGEST_BEGINNING}) AS beginning FROM (
      SELECT 'videos' AS kind, unnest(ARRAY[prompt, original_prompt, request->>'style']) AS kept FROM video.video
      UNION ALL SELECT 'workflows', unnest(ARRAY[prompt_in, prompt_out]) FROM video.workflow_step
      UNION ALL SELECT 'answers of requests in the background', frame FROM ledger.durable_answer
      UNION ALL SELECT 'the streams'' log', frames FROM ledger.stream_chunk
      UNION ALL SELECT 'the response cache', answer #>> '{}' FROM cache.response WHERE json_typeof(answer) = 'string'
    ) texts
  ) beginnings
  WHERE starts_with(beginning, '${MARKER}') AND split_part(beginning, ':', 2) <> '' GROUP BY 1, 2 ORDER BY 1, 2`;

/** @param query of the database's installer: the gateway's own role may not read all of it */
export function countKeyUses(query: (sql: string) => Promise<KeyUse[]>): Promise<KeyUse[]> {
  return query(COUNT);
}
