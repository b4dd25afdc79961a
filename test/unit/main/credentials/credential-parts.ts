import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { Credentials } from '../../../../main/core/credentials/credentials.ts';
import type { GivenCredential } from '../../../../main/core/credentials/credentials.ts';
import type { Leaving } from '../../../../main/core/credentials/kind/kind.ts';
import type { VaultParts } from '../vault/vault-parts.ts';

/** Credentials over a vault's parts. */
export function newCredentials(parts: VaultParts): Credentials {
  return new Credentials({
    ...parts,
    http: fetchHttpClient(fetch),
    logger: fileLogger(parts.folder, 'silent'),
  });
}

/** An API key of the right form that no service made. */
export const testApiKey = {
  kind: 'api-key',
  secret: `nsk_${'Ab3d'.repeat(10)}xyz`,
  keyId: `key_${'a2b3'.repeat(6)}cd`,
  label: 'ci laptop',
  expiresAt: null,
} as const satisfies GivenCredential;

/** A session by a token that is renewed by itself. */
export function jwtSession(token: string, expiresIn = 900, sessionExpiresIn = 12 * 60 * 60) {
  const times = { expiresIn, sessionExpiresIn };
  return { kind: 'session', form: 'jwt', username: null, token, access: token, ...times } as const;
}

/** A session as no service began it: its token has the form of one. */
export const testSession = jwtSession('eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1In0.c2ln');

/** A JWT as no issuer signed it: it has the form of one. */
export const testPasted = {
  kind: 'pasted',
  form: 'jwt',
  secret: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl',
  endsAt: '2027-12-01T00:00:00.000Z',
  audience: 'https://keeper.example/api',
} as const satisfies GivenCredential;

/** Whose a credential was that is not revoked yet. */
export const testLeftBy = {
  origin: 'https://kheeper.example',
  serviceName: 'Kheeper',
  contextName: 'Left',
} as const;

/** An API key that was left. */
export const testLeaving: Omit<Leaving, 'id'> = {
  credential: { kind: 'api-key', keyId: testApiKey.keyId, secret: testApiKey.secret },
  label: testApiKey.label,
  endsAt: '2027-12-01T00:00:00.000Z',
};
