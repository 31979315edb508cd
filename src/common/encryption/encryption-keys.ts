const KEY_BYTES = 32;
/** An id has so many at most. */
export const KEY_ID_CHARACTERS = 32;
const ID = new RegExp(`^[A-Za-z0-9_-]{1,${KEY_ID_CHARACTERS}}$`);
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

/** A key that texts are kept under. */
export interface EncryptionKey {
  /** Stands before every text that it sealed. */
  id: string;
  /** Base64 of 32 bytes. */
  key: string;
}

/** How texts are kept. */
export interface EncryptionSettings {
  /** All of them open what they sealed; the first one seals. */
  keys: readonly EncryptionKey[];
  /** Nothing is sealed any more: keys, if there are any, only open. */
  isOff: boolean;
}

/**
 * Reads `id:base64 of 32 bytes`, separated by commas.
 * @throws Error that says what is allowed, without a word of the value
 */
export function parseEncryptionKeys(text: string): EncryptionKey[] {
  const keys = text.split(',').map((item) => parseKey(item.trim()));
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw fault('each id once');
  return keys;
}

function parseKey(item: string): EncryptionKey {
  const [id = '', base64 = ''] = item.split(':', 2);
  if (!ID.test(id) || !BASE64_OF_32_BYTES.test(base64)) {
    throw fault(
      `'id:key', separated by commas; an id has letters, digits, '_' and '-', a key is the base64 of ${KEY_BYTES} random bytes (openssl rand -base64 32)`,
    );
  }
  return { id, key: base64 };
}

function fault(allowed: string): Error {
  return new Error(`has a value that can't be used; allowed: ${allowed}`);
}
