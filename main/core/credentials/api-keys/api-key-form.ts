import { limits } from '../../../../contracts/domain/limits.ts';
import { printable } from '../../../../contracts/domain/printable.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';

/** Longest API key, bytes, and longest id of one at its service: services make them of some dozen characters. */
export const apiKeyLimits = { secret: 4096, keyId: 255 } as const;

/** An API key as its service gave it. */
interface Given {
  secret: string;
  keyId: string;
  label: string;
}

/** Whether it can be the value of a field of a request and a password (RFC 9110, section 5.5; RFC 7617). */
export function isApiKey(secret: Buffer): boolean {
  const { length } = secret;
  return length > 0 && length <= apiKeyLimits.secret && secret.every((byte) => byte > 0x20 && byte < 0x7f);
}

/**
 * Refuses what cannot be used or kept, and makes one printable line of what its service calls it.
 *
 * @throws KeyholdError `not_a_keyhold_server`
 */
export function soundApiKey<Of extends Given>(given: Of): Of {
  const { secret, keyId, label } = given;
  const isKeyId = keyId !== '' && keyId.length <= apiKeyLimits.keyId;
  if (!isKeyId || !isApiKey(Buffer.from(secret))) throw new KeyholdError('not_a_keyhold_server');
  const line = printable(label.trim(), limits.keyLabelMax);
  return { ...given, label: line === '' ? 'API key' : line };
}
