import { eventually } from './eventually.js';
import type { GatewayProcess } from './gateway-process.js';

/** What lets a gateway report its heap: for its NODE_OPTIONS. */
export const REPORTS_HEAP = '--import ./test/support/report-heap.mjs';

/** What a process with REPORTS_HEAP has in memory after its garbage is collected, in bytes. */
export async function heapAfterCollection(gateway: Pick<GatewayProcess, 'pid' | 'output'>): Promise<number> {
  const reports = () => [...gateway.output().matchAll(/^\{"heapUsed":(\d+),"external":(\d+)\}$/gm)];
  const before = reports().length;
  process.kill(gateway.pid, 'SIGUSR2');
  const [, heapUsed, external] = await eventually(() => {
    const found = reports().at(-1);
    if (reports().length <= before) throw new Error('the process did not report its memory');
    return found!;
  });
  return Number(heapUsed) + Number(external);
}
