import { authenticateBasic, authenticateBearer } from '../../reference-server/auth/authenticate.ts';
import { registerKey } from '../../reference-server/auth/keys/key-registration.ts';
import { verifyRegistrationToken } from '../../reference-server/auth/keys/registration-token.ts';
import { verifyRotationToken } from '../../reference-server/auth/keys/rotation-token.ts';
import { ApiError } from '../../reference-server/http/api-error.ts';
import { createBot, findBot } from '../../reference-server/identity/bots.ts';
import { ownerOfBot, type KeyOwner } from '../../reference-server/identity/keys.ts';
import { DistributionError } from '../../reference-server/http/distribution-error.ts';
import { registryTokenVerifier } from '../../reference-server/registry/registry-token.ts';
import { seedDemo } from '../../reference-server/seed/demo.ts';
import { demoOwner, newTestContext, testOrigin, type TestContext } from '../support/server-context.ts';
import { bakeToken } from './bake-token.ts';
import { runCases } from './run-cases.ts';
import type { SoakPart } from './tally.ts';
import { isToBeTaken } from './token-oracle.ts';
import {
  newRecipeKey,
  tokenRecipe,
  type Ingredients,
  type TokenKind,
  type TokenRecipe,
} from './token-recipes.ts';

const ip = '192.0.2.1';

/** A server's own parts, without HTTP, with keys of all sorts. */
async function newWorld(): Promise<{ context: TestContext; from: Ingredients }> {
  const context = await newTestContext();
  await seedDemo(context);
  const [maya, priya] = [await demoOwner(context, 'maya'), await demoOwner(context, 'priya')];
  const actor = { id: maya.id, name: maya.name, ip };
  const { id } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  await createBot(context, { id, slug: 'acme', role: 'owner' }, 'ci', actor);
  const row = await findBot(context.db, 'acme', 'ci');
  if (row === null) throw new Error('there is no bot');
  const bot = ownerOfBot({ ...row, org: 'acme' });
  const keys = {
    maya: newRecipeKey(maya.subject),
    bot: newRecipeKey(bot.subject),
    revoked: newRecipeKey(maya.subject),
    inactive: newRecipeKey(priya.subject),
    unknown: newRecipeKey(maya.subject),
  };
  const now = context.now().getTime() / 1000;
  const from = {
    keys,
    origin: testOrigin,
    now: Math.floor(now),
    registryTokenKey: context.secrets.registryTokenKey,
  };
  const owners = { maya, bot, revoked: maya, inactive: priya } satisfies Record<string, KeyOwner>;
  for (const [name, owner] of Object.entries(owners)) {
    const token = bakeToken({ ...rightRecipe('registration'), owner: name as keyof typeof owners }, from);
    await registerKey(context, owner, token, actor);
  }
  const revoked_at = context.now().toISOString();
  await context.db
    .updateTable('public_keys')
    .set({ revoked_at })
    .where('kid', '=', keys.revoked.kid)
    .execute();
  await context.db.updateTable('users').set({ status: 'disabled' }).where('id', '=', priya.id).execute();
  return { context, from };
}

function rightRecipe(kind: TokenKind): TokenRecipe {
  const form = { json: 'plain', spelling: 'base64url' } as const;
  return {
    kind,
    owner: 'maya',
    signer: 'owner',
    header: [],
    claims: [],
    forms: { header: form, claims: form },
    change: null,
  };
}

type Verify = (token: string) => Promise<unknown>;

/** The server's own checks, and the status with which each refuses. */
function verifiers(
  context: TestContext,
  { keys }: Ingredients,
): Record<TokenKind, { verify: Verify; status: number }> {
  const expected = { subject: keys.maya.subject, origin: testOrigin, now: context.now() };
  return {
    api: { verify: (token) => authenticateBearer(context, token, { ip, program: null }), status: 401 },
    basic: {
      verify: (token) => authenticateBasic(context, 'nobody', token, { ip, program: null }),
      status: 401,
    },
    registration: { verify: (token) => verifyRegistrationToken(token, expected), status: 400 },
    rotation: { verify: (token) => verifyRotationToken(context, token, ip), status: 401 },
    registry: { verify: registryTokenVerifier(context), status: 401 },
  };
}

/** With which words the server refuses a token; null when it takes it. @throws what is no refusal with this status */
async function refusalOf(attempt: Promise<unknown>, status: number): Promise<string | null> {
  try {
    await attempt;
    return null;
  } catch (error) {
    const isClear = error instanceof ApiError || error instanceof DistributionError;
    // What does not look like a token is tried as a password, which is held back after a few.
    if (!isClear || ![status, 429].includes(error.status)) throw error;
    return error.message;
  }
}

/** Tokens of every kind at the server's checks: what a plain list of rules takes is taken, all others are refused. */
export const serverTokens: SoakPart = {
  name: 'tokens',
  count: 1_000_000,
  run: async (count, tally) => {
    const { context, from } = await newWorld();
    const checks = verifiers(context, from);
    await runCases({ count, tally }, tokenRecipe, async (recipe) => {
      const token = bakeToken(recipe, from);
      const { verify, status } = checks[recipe.kind];
      const refusal = await refusalOf(verify(token), status);
      const taken = refusal === null;
      if (taken !== isToBeTaken(recipe.kind, token, from)) {
        throw new Error(`the ${recipe.kind} token is ${taken ? 'taken' : `refused: ${refusal}`}\n${token}`);
      }
      tally.count(`${recipe.kind} ${taken ? 'taken' : 'refused'}`);
    });
  },
};
