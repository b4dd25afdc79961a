import type { KeyForm } from '../../../contracts/domain/key-form.ts';

/** What a text is instead of a private Ed25519 key that is read, and what to do with it. */
interface FormWords {
  title: string;
  /** Null where the code's own advice will do. */
  advice: string | null;
}

const anotherKind = (name: string): FormWords => ({
  title: `That is ${name}, not an Ed25519 key`,
  advice: null,
});

export const keyFormWords: Readonly<Record<KeyForm, FormWords>> = {
  public_key: { title: 'That is only the public part', advice: null },
  certificate: {
    title: 'That is a certificate, which is public',
    advice:
      'Choose the file of its private key instead, often with .key at its end, for OpenSSH without -cert.pub.',
  },
  certificate_request: {
    title: 'That is a request for a certificate, which is public',
    advice: 'Choose the file of its private key instead, often the one that ends in .key.',
  },
  rsa: anotherKind('an RSA key'),
  dsa: anotherKind('a DSA key'),
  ecdsa: anotherKind('an ECDSA key'),
  x25519: anotherKind('an X25519 key, which cannot sign'),
  x448: anotherKind('an X448 key, which cannot sign'),
  ed448: anotherKind('an Ed448 key'),
  security_key: {
    title: 'That key lies in a security key',
    advice: 'The file only points to the device, which does not give the key away. Let Keyhold make a key.',
  },
  symmetric: anotherKind('a shared secret'),
  age: anotherKind('a key or file of age'),
  pgp: anotherKind('an OpenPGP key or message'),
  cosign: anotherKind('a Cosign key'),
  putty: {
    title: 'That is a key in PuTTY’s form',
    advice:
      'Convert it with puttygen FILE.ppk -O private-openssh -o FILE, or in PuTTYgen under Conversions, then import that.',
  },
  pkcs12: {
    title: 'That is a PKCS#12 file (.p12, .pfx)',
    advice: 'Take the key out with openssl pkcs12 -in FILE -nocerts -out FILE.pem, then import that.',
  },
  java_keystore: {
    title: 'That is a Java keystore',
    advice: 'Take the key out with keytool and openssl pkcs12, then import that.',
  },
  jwe: {
    title: 'That is an encrypted JWK (JWE)',
    advice: 'Decrypt it with the program that made it, or save the key as PKCS#8 there, then import that.',
  },
  minisign: {
    title: 'That is a key of minisign or signify',
    advice: 'Their form is not read. Import the key in another form, or let Keyhold make a key.',
  },
  unknown: {
    title: 'That form of private key is not read',
    advice: 'Save the key as PEM (PKCS#8), OpenSSH or JWK with the program that made it, then import that.',
  },
  bare_bytes: {
    title: 'Those are bytes without the name of a key',
    advice: 'They may be a key of any kind. Import the key as PEM (PKCS#8), OpenSSH or JWK.',
  },
  chacha20: {
    title: 'The key is protected by ChaCha20-Poly1305',
    advice:
      'Keyhold cannot open that. Save the key anew with ssh-keygen -p -Z aes256-ctr -f FILE, then import it.',
  },
  too_costly: {
    title: 'The key’s protection asks for too much work',
    advice:
      'It names more rounds, passes or memory than anybody needs. Save the key anew with ssh-keygen -p -a 100, or as PKCS#8 with openssl pkcs8 -topk8 -iter 600000.',
  },
};
