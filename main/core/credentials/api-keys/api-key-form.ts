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

/**
 * What can stand for a bearer (RFC 6750, section 2.1), and so in a field, a password, a command and a line of a file: a
 * service is not to choose what is run where its key is pasted.
 */
const secretPattern = /^[A-Za-z0-9._~+/-]+=*$/;

/** Whether it can be used as an API key, wherever people put one. */
export function isApiKey(secret: Buffer): boolean {
  return secret.length <= apiKeyLimits.secret && secretPattern.test(secret.toString('latin1'));
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
