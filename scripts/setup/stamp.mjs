import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Raised when set-up does more than before, so that it looks again everywhere. */
const FORMAT = 1;

/**
 * What a finished set-up depends on, as one string: the packages wanted, the packages installed, the runtime.
 * @param {string} root the checkout
 * @param {import('./runtime.mjs').ElectronRuntime | null} runtime null when none is needed
 * @returns {string | null} null when the packages are not installed
 */
export function stampKey(root, runtime) {
  try {
    const hash = createHash('sha256').update(JSON.stringify([FORMAT, runtime]));
    for (const path of ['package-lock.json', 'node_modules/.package-lock.json']) {
      hash.update(readFileSync(join(root, path)));
    }
    return hash.digest('hex');
  } catch {
    return null;
  }
}

/**
 * The purposes that set-up was finished for while nothing was different from what the key says.
 * @param {string} root the checkout
 * @param {string | null} key what `stampKey` gives
 * @returns {string[]}
 */
export function stampedPurposes(root, key) {
  return Object.entries(readStamp(root))
    .filter(([, stamped]) => stamped === key)
    .map(([purpose]) => purpose);
}

/**
 * Notes that set-up was finished for this purpose.
 * @param {string} root the checkout
 * @param {string | null} key what `stampKey` gives
 * @param {string} purpose
 */
export function writeStamp(root, key, purpose) {
  writeFileSync(stampPath(root), JSON.stringify({ ...readStamp(root), [purpose]: key }));
}

/**
 * @param {string} root
 * @returns {Record<string, unknown>} keys by purpose; empty when there is no stamp or a damaged one
 */
function readStamp(root) {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(root), 'utf8'));
    return typeof stamp === 'object' && stamp !== null ? stamp : {};
  } catch {
    return {};
  }
}

/**
 * In node_modules, as it goes with them.
 * @param {string} root
 */
function stampPath(root) {
  return join(root, 'node_modules/.keyhold-setup.json');
}
