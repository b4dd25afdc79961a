import { createPublicKey, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { formatPublicKey, publicKeyFile } from '../../../../main/core/credentials/keys/key-export.ts';
import { thumbprint } from '../../../../main/core/credentials/keys/fingerprint.ts';
import { KeyMaker } from '../../../support/ssh-keys.ts';

const maker = new KeyMaker();
afterAll(() => {
  maker.remove();
});

describe('a public key', () => {
  it('as PEM is what openssl writes, as JWK what Node reads', () => {
    const path = maker.pemFile();
    const publicKey = createPublicKey(createPrivateKey(readFileSync(path)));
    const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    expect(formatPublicKey(bytes, 'x', 'pem')).toBe(KeyMaker.publicPem(path));
    const jwk = JSON.parse(formatPublicKey(bytes, 'x', 'jwk')) as { x: string; kid: string };
    expect(createPublicKey({ key: { ...jwk }, format: 'jwk' }).equals(publicKey)).toBe(true);
    expect(jwk.kid).toBe(thumbprint(jwk.x));
  });

  it.each([
    ['This computer', 'this-computer'],
    ['../../etc/passwd', 'etc-passwd'],
    ['日本', 'key'],
    ['Zoë’s laptop', 'zoe-s-laptop'],
  ])('of “%s” is offered under a name that is harmless: %s', (label, name) => {
    expect(publicKeyFile(label, 'openssh')).toEqual({ name: `${name}.pub`, extension: 'pub' });
  });
});
