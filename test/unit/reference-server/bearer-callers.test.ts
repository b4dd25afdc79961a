import { beforeEach, describe, expect, it } from 'vitest';
import { bearerCallers } from '../../../reference-server/auth/authenticate.ts';
import type { BearerCallers } from '../../../reference-server/auth/authenticate.ts';
import { registerKey } from '../../../reference-server/auth/keys/key-registration.ts';
import { endSessionsOf, startSession } from '../../../reference-server/auth/sessions.ts';
import { revokeKey } from '../../../reference-server/identity/keys.ts';
import type { KeyOwner } from '../../../reference-server/identity/keys.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { demoOwner, newTestContext, testOrigin } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';
import { newTestKey, nowInSeconds } from '../../support/test-key.ts';

const source = { ip: '192.0.2.1', program: null };
let context: TestContext;
let maya: KeyOwner;
let callers: BearerCallers;
let kid: string;
let token: string;

/** Good from now on for a quarter of an hour. */
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
  maya = await demoOwner(context, 'maya');
  const key = await newTestKey();
  const by = { id: maya.id, name: maya.name, ip: source.ip };
  ({ kid } = await registerKey(context, maya, await key.registrationToken(maya.id, testOrigin), by));
  callers = bearerCallers(context);
  const nbf = nowInSeconds();
  token = await key.apiToken(maya.id, testOrigin, { claims: { iat: nbf, nbf, exp: nbf + 900 } });
  // The first use is noted, and so changes the database.
  await callers(token, source);
});

describe('who presents a credential', () => {
  it('is remembered', async () => {
    const caller = await callers(token, source);
    expect(caller.principal.id).toBe(maya.id);
    expect(await callers(token, source)).toBe(caller);
  });

  it('is found out anew once anything was written', async () => {
    const before = await callers(token, source);
    await context.write({}, () => undefined);
    expect(await callers(token, source)).not.toBe(before);
  });

  it('is nobody as soon as the key is revoked', async () => {
    await callers(token, source);
    await revokeKey(context, maya, kid, { id: maya.id, name: maya.name });
    await expect(callers(token, source)).rejects.toMatchObject({ code: 'key_revoked' });
  });

  it('is nobody as soon as the session has ended', async () => {
    const user = await context.db
      .selectFrom('users')
      .selectAll()
      .where('id', '=', maya.id)
      .executeTakeFirstOrThrow();
    const session = await context.write({}, (tx) => startSession(tx, user, context.now()));
    expect(await callers(session.token, source)).toBe(await callers(session.token, source));
    await context.write({}, (tx) => endSessionsOf(tx, maya.id));
    await expect(callers(session.token, source)).rejects.toMatchObject({ code: 'session_expired' });
  });

  it('is nobody after the end of the token, although nothing was written', async () => {
    await callers(token, source);
    context.advance(901);
    await expect(callers(token, source)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('is nobody where the clock was set back to before the token', async () => {
    await callers(token, source);
    context.advance(-3600);
    await expect(callers(token, source)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('has used it, minute by minute', async () => {
    const used = async () =>
      (
        await context.db
          .selectFrom('public_keys')
          .select('last_used_at')
          .where('kid', '=', kid)
          .executeTakeFirst()
      )?.last_used_at;
    await callers(token, source);
    const first = await used();
    context.advance(61);
    await callers(token, source);
    expect(await used()).toBe(context.now().toISOString());
    expect(await used()).not.toBe(first);
  });

  it('is not remembered where the credential was refused', async () => {
    const stranger = await newTestKey();
    const early = await stranger.apiToken(maya.id, testOrigin);
    await expect(callers(early, source)).rejects.toMatchObject({ code: 'key_not_registered' });
    const by = { id: maya.id, name: maya.name, ip: source.ip };
    await registerKey(context, maya, await stranger.registrationToken(maya.id, testOrigin), by);
    expect((await callers(early, source)).principal.id).toBe(maya.id);
  });
});
