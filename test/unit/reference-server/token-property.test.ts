import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { authenticateBasic, authenticateBearer } from '../../../reference-server/auth/credentials.ts';
import { registerKey } from '../../../reference-server/auth/key-registration.ts';
import { verifyRegistrationToken } from '../../../reference-server/auth/registration-token.ts';
import { ApiError } from '../../../reference-server/errors.ts';
import { seedDemo } from '../../../reference-server/seed/demo.ts';
import { demoOwner, newTestContext, testOrigin } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { newTestKey } from '../../support/test-key.ts';

const ip = '192.0.2.1';
let context: TestContext;
let goodToken: string;
let goodRegistration: string;
let userId: string;

beforeAll(async () => {
  context = await newTestContext();
  await seedDemo(context);
  const maya = await demoOwner(context, 'maya');
  userId = maya.id;
  const key = await newTestKey();
  await registerKey(context, maya, await key.registrationToken(userId, testOrigin), {
    ...{ id: userId, name: 'maya' },
    ip,
  });
  goodToken = await key.apiToken(userId, testOrigin);
  goodRegistration = await key.registrationToken(userId, testOrigin);
});

const part = fc.oneof(
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
  fc.base64String().map((text) => text.replace(/=/g, '')),
  fc.string(),
  fc.constantFrom('', 'e30', 'bnVsbA', 'W10', 'eyJhbGciOiJub25lIn0'),
);
const threeParts = fc.tuple(part, part, part).map((parts) => parts.join('.'));

/** A good token with one stretch of it replaced. */
function mutated(good: () => string) {
  return fc
    .tuple(fc.nat(), fc.nat(8), fc.string({ maxLength: 8 }))
    .map(([position, length, text]) => {
      const token = good();
      const start = position % token.length;
      return token.slice(0, start) + text + token.slice(start + length);
    })
    .filter((token) => token !== good());
}

async function refusalOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    return error;
  }
}

describe('no text but a good token is believed', () => {
  it('as Bearer: every other one is answered 401', async () => {
    const text = fc.oneof(
      threeParts,
      fc.string(),
      mutated(() => goodToken),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        const refusal = await refusalOf(authenticateBearer(context, token, ip));
        expect(refusal).toBeInstanceOf(ApiError);
        expect(refusal).toMatchObject({ status: 401 });
      }),
      { numRuns: 1000 },
    );
    await expect(authenticateBearer(context, goodToken, ip)).resolves.toMatchObject({ id: userId });
  });

  it('as Basic password that looks like a token: every other one is answered 401', async () => {
    const text = fc.oneof(
      threeParts.map((token) => `ey${token}`),
      mutated(() => goodToken),
    );
    const looksLikeToken = text.filter((token) => token.startsWith('ey') && token.split('.').length === 3);
    await fc.assert(
      fc.asyncProperty(looksLikeToken, async (token) => {
        const refusal = await refusalOf(authenticateBasic(context, 'anybody', token, ip));
        expect(refusal).toMatchObject({ name: 'ApiError', status: 401 });
      }),
      { numRuns: 500 },
    );
  });

  it('as registration token: every other one is answered 400', async () => {
    const text = fc.oneof(
      threeParts,
      fc.string(),
      mutated(() => goodRegistration),
    );
    const expected = { subject: userId, origin: testOrigin, now: new Date() };
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        const refusal = await refusalOf(verifyRegistrationToken(token, expected));
        expect(refusal).toMatchObject({ name: 'ApiError', status: 400 });
      }),
      { numRuns: 1000 },
    );
    await expect(verifyRegistrationToken(goodRegistration, expected)).resolves.toMatchObject({
      claims: { sub: userId },
    });
  });
});
