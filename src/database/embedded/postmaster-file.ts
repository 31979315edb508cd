/** What a running server writes of itself into `postmaster.pid`. */
export interface PostmasterFile {
  pid: number;
  port: number;
  status: 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown';
}

const STATUSES = ['starting', 'stopping', 'ready', 'standby'] as const;

/**
 * Reads `postmaster.pid` (its lines: PostgreSQL source, src/include/utils/pidfile.h). Undefined while the file is still
 * being written or holds something else.
 */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port < 0) return undefined;
  return { pid, port, status: STATUSES.find((status) => status === lines[7]) ?? 'unknown' };
}
