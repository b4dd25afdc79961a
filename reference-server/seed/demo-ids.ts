import { createHash } from 'node:crypto';
import { base32 } from '../identity/ids.ts';
import type { IdPrefix } from '../identity/ids.ts';

/** The same id at every start, so that pictures and documents can show it. */
export function demoId(prefix: IdPrefix, name: string): string {
  const digest = createHash('sha256').update(`keyhold demo ${prefix} ${name}`).digest();
  return `${prefix}_${base32(digest.subarray(0, 16))}`;
}
