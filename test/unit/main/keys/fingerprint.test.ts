import { describe, expect, it } from 'vitest';
import { shortFingerprint, thumbprint } from '../../../../main/core/credentials/keys/fingerprint.ts';
import { fingerprint } from '../../../../main/core/lib/fingerprint.ts';

// The public key of RFC 8032, section 7.1, test 1, which RFC 8037, appendix A.2 uses too.
const publicKey = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');

describe('what identifies a key', () => {
  it('is the thumbprint that RFC 8037, appendix A.3 gives', () => {
    expect(thumbprint(publicKey.toString('base64url'))).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('is, for people, what "openssl dgst -sha256 -binary | base64" gives, without padding', () => {
    expect(fingerprint(publicKey)).toBe('SHA256:If4x36FUomFia/hUBG/SJxt77UtqvkWqWId+9H+XIbk');
  });

  it('has a short form that shows it is one', () => {
    expect(shortFingerprint(fingerprint(publicKey))).toBe('SHA256:If4x36FUomFi…');
  });
});
