import { isUtf8 } from 'node:buffer';

/**
 * User name and password of Basic credentials (RFC 7617): base64 in its one spelling, UTF-8; everything after the first
 * colon is the password.
 *
 * @returns Null for what is malformed.
 */
export function decodeBasic(credentials: string): [username: string, password: string] | null {
  const bytes = Buffer.from(credentials, 'base64');
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0 || !isUtf8(bytes) || bytes.toString('base64') !== credentials) return null;
  return [text.slice(0, colon), text.slice(colon + 1)];
}
