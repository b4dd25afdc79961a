import { z } from 'zod';
import { printable } from '../../../contracts/domain/printable.ts';
import { subjectSchema } from '../../../contracts/server-api/primitives.ts';
import {
  maxClockSkew,
  maxRegistrationTokenTtl,
  registrationTokenClaimsSchema,
  registrationTokenHeaderSchema,
} from '../../../contracts/server-api/tokens.ts';
import type { RegistrationTokenClaims } from '../../../contracts/server-api/tokens.ts';
import { ApiError } from '../../http/api-error.ts';
import { decodeCompactJws, isSignedBy } from './compact-jws.ts';
import { isSoundPublicKey, thumbprint } from '../../identity/ed25519-key.ts';
import { firstIssue } from '../../http/validation-words.ts';

/** What a registration token must be for. */
interface RegistrationExpectation {
  /** Id of the signed-in user, or the bot that the key is for as `bot:org/name`. */
  subject: string;
  origin: string;
  now: Date;
}

/** What a believed registration token says. */
export interface VerifiedRegistration {
  kid: string;
  /** The public key, 32 bytes in base64url. */
  x: string;
  claims: RegistrationTokenClaims;
}

const renewHint = 'Make a new one in the app and use it before it expires.';

/**
 * Verifies a registration token: a JWT that carries a public key, signed by that key, for this user and server.
 * Whether it was used before is for the caller to check.
 *
 * @throws ApiError 400 with one of the `registration_token_…` codes; the messages are for people.
 */
export async function verifyRegistrationToken(
  token: string,
  expected: RegistrationExpectation,
): Promise<VerifiedRegistration> {
  const { x, claims } = readRegistrationToken(token, expected.subject);
  if (!isSoundPublicKey(x)) {
    throw invalid('The registration token carries a key that cannot be trusted. Make a new key in the app.');
  }
  if (!(await isSignedBy(token, x))) {
    throw invalid(`The registration token is not signed by the key it carries: it was changed. ${renewHint}`);
  }
  checkOwner(claims, expected);
  checkTime(claims, expected.now.getTime() / 1000);
  return { kid: thumbprint(x), x, claims };
}

function readRegistrationToken(
  token: string,
  subject: string,
): { x: string; claims: RegistrationTokenClaims } {
  const decoded = decodeCompactJws(token);
  if (typeof decoded === 'string') {
    throw invalid(
      `This is not a registration token: ${decoded}. Copy the whole token from the app and paste it again.`,
    );
  }
  const header = registrationTokenHeaderSchema.safeParse(decoded.header);
  if (!header.success) {
    throw invalid(
      `This is not a registration token: in its header ${firstIssue(header.error)}. ` +
        'In the app choose "Register key" and copy the token shown there.',
    );
  }
  const claims = registrationTokenClaimsSchema.safeParse(decoded.claims);
  if (!claims.success) {
    const other = otherSubject(decoded.claims);
    if (other !== null) throw noSubject(other, subject);
    throw invalid(
      `The registration token is refused: in its claims ${firstIssue(claims.error)}. ${renewHint}`,
    );
  }
  return { x: header.data.jwk.x, claims: claims.data };
}

/** Whom the token names, if that is a text but no user or bot: somebody wrote a name or an e-mail address there. */
function otherSubject(claims: unknown): string | null {
  const { sub } = z.looseObject({ sub: z.string() }).safeParse(claims).data ?? {};
  return sub === undefined || subjectSchema.safeParse(sub).success ? null : printable(sub, 60);
}

function checkOwner(claims: RegistrationTokenClaims, expected: RegistrationExpectation): void {
  if (claims.iss !== claims.sub) throw invalid('The registration token names two different users.');
  if (claims.aud !== expected.origin) {
    throw new ApiError(
      'registration_token_wrong_origin',
      `This registration token is for ${claims.aud}, but this server is ${expected.origin}. ` +
        'Check the server address of the context in the app and make a new token.',
    );
  }
  if (claims.sub !== expected.subject) throw wrongSubject(claims.sub, expected.subject);
}

function wrongSubject(sub: string, expected: string): ApiError {
  const forBot = expected.startsWith('bot:');
  return new ApiError(
    'registration_token_wrong_user',
    forBot
      ? `This registration token is for ${sub}, but the key is to belong to ${expected}. Make a new token for that bot.`
      : `This registration token is for the user ${sub}, but you are signed in as ${expected}. ` +
          'In the app choose “Correct user id” and make a new token with yours, or sign in as the other user.',
  );
}

function noSubject(name: string, expected: string): ApiError {
  return new ApiError(
    'registration_token_wrong_user',
    `This registration token is for “${name}”, which is no user id. Here it is ${expected}: ` +
      'in the app choose “Correct user id”, enter it there and copy the new token.',
  );
}

/** @param now - The server's clock, in seconds. */
function checkTime(claims: RegistrationTokenClaims, now: number): void {
  const ttl = claims.exp - claims.iat;
  if (ttl <= 0 || ttl > maxRegistrationTokenTtl) {
    throw invalid(
      `The registration token is made for longer than 15 minutes or for no time at all. ${renewHint}`,
    );
  }
  if (claims.iat > now + maxClockSkew) {
    throw invalid(
      'The registration token is from the future. Correct the clock of your computer and make a new one.',
    );
  }
  if (claims.exp <= now) {
    throw new ApiError('registration_token_expired', `This registration token has expired. ${renewHint}`);
  }
}

function invalid(message: string): ApiError {
  return new ApiError('registration_token_invalid', message);
}
