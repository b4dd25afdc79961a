import { afterAll, describe, expect, it } from 'vitest';
import { derivePublicKey } from '../../../../../main/core/credentials/keys/ed25519.ts';
import { formatPublicKey } from '../../../../../main/core/credentials/keys/key-export.ts';
import { readableFiles, readableTexts } from '../../../../support/key-texts.ts';
import { KeyMaker } from '../../../../support/ssh-keys.ts';
import { onlyKey } from './only-key.ts';

const maker = new KeyMaker();
afterAll(() => {
  maker.remove();
});

describe('a private key', () => {
  it.each([...readableTexts(maker), ...readableFiles(maker)])(
    '$name is read',
    async ({ bytes, passphrase, publicPem }) => {
      const seed = await onlyKey(bytes, passphrase === null ? null : Buffer.from(passphrase));
      expect(formatPublicKey(derivePublicKey(seed), '', 'pem')).toBe(publicPem);
    },
  );
});
