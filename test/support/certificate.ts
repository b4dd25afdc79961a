import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Makes a certificate for 127.0.0.1 and its key as PEM files.
 *
 * @returns null when openssl is not installed.
 */
export function makeCertificate(folder: string): { cert: string; key: string } | null {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-out', files.cert, '-keyout', files.key],
  ]);
  return made.error === undefined ? files : null;
}
