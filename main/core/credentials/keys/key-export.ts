import type { PublicKeyFormat } from '../../../../contracts/domain/key.ts';
import { thumbprint } from './fingerprint.ts';
import { sshEd25519, writeSshString } from './ssh-wire.ts';

/** All that a SubjectPublicKeyInfo (RFC 8410, section 4) has before the key. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * A public key as text with a line break at its end: an OpenSSH line (RFC 8709, section 4; the label is its
 * comment), PEM (RFC 7468, section 13) or a JWK (RFC 8037, section 2).
 *
 * @param publicKey - 32 bytes.
 */
export function formatPublicKey(publicKey: Buffer, label: string, format: PublicKeyFormat): string {
  switch (format) {
    case 'openssh': {
      const blob = Buffer.concat([writeSshString(Buffer.from(sshEd25519)), writeSshString(publicKey)]);
      return `${sshEd25519} ${blob.toString('base64')} ${label}\n`;
    }
    case 'pem': {
      const body = Buffer.concat([spkiPrefix, publicKey]).toString('base64');
      return `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
    }
    case 'jwk': {
      const x = publicKey.toString('base64url');
      return `${JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint(x), alg: 'Ed25519' }, null, 2)}\n`;
    }
  }
}

const extensions: Readonly<Record<PublicKeyFormat, string>> = { openssh: 'pub', pem: 'pem', jwk: 'json' };

/** A file name for the public key, made of what is harmless in every file system. */
export function publicKeyFile(label: string, format: PublicKeyFormat): { name: string; extension: string } {
  const words = label
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase();
  const extension = extensions[format];
  return { name: `${words === '' ? 'key' : words}.${extension}`, extension };
}
