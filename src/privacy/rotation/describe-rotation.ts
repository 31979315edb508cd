import type { EncryptionSettings } from '../../common/encryption/encryption-keys.js';
import type { RotationReport } from './key-rotation.service.js';

/** What a rotation did, and which keys are needed after it, in lines. Pure. */
export function describeRotation({ kinds, uses }: RotationReport, { keys, isOff }: EncryptionSettings): string {
  const first = isOff ? undefined : keys[0]?.id;
  const done = first === undefined ? 'made clear' : `put under key ${first}`;
  const lines = kinds.map(({ kind, resealed, unreadable }) => {
    const left = unreadable === 0 ? '' : `; ${unreadable} can't be read, and stay as they are`;
    return `${kind}: ${resealed} ${done}${left}`;
  });
  for (const keyId of new Set([...keys.map(({ id }) => id), ...uses.map((use) => use.keyId)])) {
    if (keyId !== first)
      lines.push(
        needOf(
          keyId,
          uses,
          keys.some(({ id }) => id === keyId),
        ),
      );
  }
  return lines.join('\n');
}

function needOf(keyId: string, uses: RotationReport['uses'], isHere: boolean): string {
  const needed = uses.filter((use) => use.keyId === keyId).map(({ kind, count }) => `${kind} (${count})`);
  if (needed.length === 0) return `key ${keyId} is needed no more: take it out of ENCRYPTION_KEYS`;
  return `key ${keyId} is needed for ${needed.join(', ')}${isHere ? '' : ', and is not in ENCRYPTION_KEYS'}`;
}
