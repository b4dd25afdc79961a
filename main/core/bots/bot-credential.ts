import type { BotCredential } from '../../../contracts/ipc/bots.ts';
import type { StoredContext } from '../contexts/context-service.ts';
import type { KeyTerms } from '../credentials/keys/key-store.ts';
import { crossCheck, derivePublicKey, keyLength, makeSigner, toPkcs8 } from '../credentials/keys/ed25519.ts';
import { thumbprint } from '../credentials/keys/fingerprint.ts';
import { fingerprint } from '../lib/fingerprint.ts';
import { signJws } from '../credentials/keys/jws.ts';
import type { Random } from '../ports.ts';
import { registrationClaims } from '../credentials/keys/registration-token.ts';
import type { ApiTokenDeps } from '../credentials/keys/api-token.ts';

/** The service that a bot is of, and how it wants keys to sign. */
type BotTerms = Pick<StoredContext, 'origin' | 'host'> & Pick<KeyTerms, 'signingAlg'>;

/** A new key for a bot, with its private part, which `wipe` overwrites. */
export class BotKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly fingerprint: string;
  readonly #x: string;
  /** PKCS#8 (RFC 8410, section 7). */
  readonly #der: Buffer;

  /** @throws Error when the two Ed25519 implementations do not agree on it. */
  constructor(random: Random) {
    const seed = random.bytes(keyLength);
    try {
      const publicKey = derivePublicKey(seed);
      crossCheck(seed, publicKey);
      this.#x = publicKey.toString('base64url');
      this.kid = thumbprint(this.#x);
      this.fingerprint = fingerprint(publicKey);
      this.#der = toPkcs8(seed);
    } finally {
      seed.fill(0);
    }
  }

  /** A registration token by which the key wants to belong to a bot at a context's service. */
  registrationToken(
    deps: Pick<ApiTokenDeps, 'clock' | 'random'>,
    { origin, signingAlg }: BotTerms,
    subject: string,
    label: string,
  ): string {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: this.#x } as const;
    const header = { alg: signingAlg, typ: 'registration+jwt', jwk };
    // Made for this once: a signer that is kept would outlive `wipe`. The seed is the last part of the key.
    const sign = makeSigner(this.#der.subarray(-keyLength));
    return signJws(header, registrationClaims(deps, subject, origin, label), sign);
  }

  /** The private key as CI takes it: PKCS#8 in base64. */
  get secret(): string {
    return this.#der.toString('base64');
  }

  wipe(): void {
    this.#der.fill(0);
  }
}

/** What a build needs to sign in as a bot, in the order of docs/ci.md. The secret is not among it. */
export function credentialVariables(
  { origin, host, signingAlg }: BotTerms,
  subject: string,
  kid: string,
): BotCredential['variables'] {
  return [
    { name: 'KEYHOLD_ORIGIN', value: origin },
    { name: 'KEYHOLD_REGISTRY', value: host },
    { name: 'KEYHOLD_BOT', value: subject },
    { name: 'KEYHOLD_ALG', value: signingAlg },
    { name: 'KEYHOLD_KID', value: kid },
    { name: 'KEYHOLD_KEY', value: null },
  ];
}

/**
 * The variables as lines, for a file that shells, Podman and Node read alike. No value has a character that needs
 * quotes: they are addresses, names of the contract, base64 and base64url.
 */
export function credentialText(variables: BotCredential['variables'], secret: string): string {
  return variables.map(({ name, value }) => `${name}=${value ?? secret}\n`).join('');
}
