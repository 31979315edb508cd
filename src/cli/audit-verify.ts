import { readFile } from 'node:fs/promises';
import { loadAuditKeys } from '../audit/audit-keys.js';
import { inSnapshot } from '../audit/verify/in-snapshot.js';
import { readKeptAnchors, type KeptAnchors } from '../audit/verify/kept-anchors.js';
import { describeFault } from '../audit/verify/trail-fault.js';
import { verifyTrail, type VerifiedTrail } from '../audit/verify/verify-trail.js';
import { loadEnvironment } from '../config/env.js';
import { DatabaseServer } from '../database/database-server.js';
import { ArgumentsError } from './arguments-error.js';
import { AUDIT_VERIFY_USAGE, parseAuditVerifyArguments, type AuditVerifyArguments } from './audit-verify-arguments.js';
import { runCommand } from './run-command.js';

/** Of sysexits.h. */
const EX_UNAVAILABLE = 69;
const MOST_LINES = 1_000;

/** `npm run audit:verify`: holds the audit trail and the ledger to their seals; exits 1 where something does not fit. */
async function main(args: string[]): Promise<void> {
  const request = parseAuditVerifyArguments(args);
  const kept = await keptAnchors(request);
  const environment = loadEnvironment();
  const keys = await loadAuditKeys(environment);
  const server = await DatabaseServer.start(environment, () => undefined);
  let faults = 0;
  try {
    const { from, to } = request;
    const begun = performance.now();
    const verified = await inSnapshot(server.url, (query) =>
      verifyTrail(query, {
        ...{ keys, keptAnchors: kept, ...(from && { from }), ...(to && { to }) },
        report: (fault) => {
          if (++faults <= MOST_LINES) process.stdout.write(`${describeFault(fault)}\n`);
        },
      }),
    );
    process.stdout.write(`${summary(verified, kept.size, (performance.now() - begun) / 1000)}\n${verdict(faults)}\n`);
  } finally {
    await server.stop();
  }
  process.exitCode = faults > 0 ? 1 : 0;
}

async function keptAnchors({ anchorFile }: AuditVerifyArguments): Promise<KeptAnchors> {
  if (anchorFile === undefined) return new Map();
  const kept = readKeptAnchors(await readFile(anchorFile, 'utf8'));
  if (kept.size === 0)
    throw new ArgumentsError(`--anchor: ${anchorFile} has no line 'Audit anchor <number> <digest>'.`);
  return kept;
}

function summary(verified: VerifiedTrail, kept: number, seconds: number): string {
  const { seals, chains, events, sealed, unsealed, anchors, prunedUpTo } = verified;
  const rate = Math.round(events / Math.max(seconds, 0.001));
  const lines = [
    `Looked at ${events} events in ${seals} seals of ${chains} chains, and at ${anchors} anchors, in ${seconds.toFixed(1)} s (${rate} events a second).`,
    sealed ? `Sealed up to event ${sealed.lastEvent}, at ${sealed.at}, by ${sealed.digest}.` : 'Nothing is sealed.',
    `${unsealed} events came after that.`,
    ...(prunedUpTo > 0n ? [`Events up to ${prunedUpTo} are kept no longer; their seals hold.`] : []),
    ...(kept > 0 ? [`${kept} anchors that were kept elsewhere were compared.`] : []),
  ];
  return lines.join('\n');
}

function verdict(faults: number): string {
  if (faults === 0) return 'No fault was found.';
  const more = faults > MOST_LINES ? `; the first ${MOST_LINES} are above` : '';
  return `${faults} ${faults === 1 ? 'fault' : 'faults'}${more}.`;
}

await runCommand(AUDIT_VERIFY_USAGE, main, () => EX_UNAVAILABLE);
