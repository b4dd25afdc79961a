import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  acceptedInvitationSchema,
  invitationSeconds,
  invitationViewSchema,
  inviteAnswerSchema,
  sentInvitationSchema,
} from '../../contracts/server-api/kisenon/invitations.ts';
import { startSession } from '../../reference-server/auth/sessions.ts';
import { mailSettings } from '../../reference-server/config/mail.ts';
import { acceptOpenInvitations } from '../../reference-server/identity/accepted-invitations.ts';
import { invitationCalls, newAddress, refusal } from '../support/invitation-calls.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { storeApiKey, newPerson, newTeam, rolesIn } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { call } from '../support/server-client.ts';

let server: LocalServer;
let outbox: string;
let calls: ReturnType<typeof invitationCalls>;
beforeAll(async () => {
  outbox = mkdtempSync(join(tmpdir(), 'keyhold-mail-'));
  server = await startLocalServer({ mail: mailSettings({ outbox }) });
  calls = invitationCalls(server, outbox);
});
afterAll(async () => {
  await server.stop();
  rmSync(outbox, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Sets the server's clock so many seconds ahead. */
function pass(seconds: number): void {
  const time = Date.now() + seconds * 1000;
  vi.spyOn(server.context, 'now').mockImplementation(() => new Date(time));
}

describe('an invitation', () => {
  it('makes whoever has its address a member, once', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const invited = await newPerson(server);
    const { token, id } = await calls.inviteOne(team, team.person('a'), invited.email, 'admin');
    expect(invitationViewSchema.parse((await calls.view(token, invited)).body)).toMatchObject({
      ...{ org: { slug: team.slug, name: team.slug }, role: 'admin', for_you: true },
      invited_by: team.person('a').username,
    });
    const accepted = await calls.accept(token, invited);
    expect(acceptedInvitationSchema.parse(accepted.body)).toEqual({ org: team.slug, role: 'admin' });
    expect(await rolesIn(server, team.id)).toMatchObject({ [invited.username]: 'admin' });
    expect(await calls.list(team, invited)).toEqual({ invitations: [] });
    const again = await calls.accept(token, invited);
    expect(refusal(again)).toEqual([410, 'invitation_ended']);
    expect(JSON.stringify(again.body)).toContain('accepted already');
    for (const what of ['resend', 'revoke'] as const) {
      expect(refusal(await calls.one(team, id, team.person('o'), what))).toEqual([410, 'invitation_ended']);
    }
  });

  it('is accepted in one of two browsers', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const invited = await newPerson(server);
    const { token } = await calls.inviteOne(team, team.person('o'), invited.email);
    const answers = await Promise.all(Array.from({ length: 6 }, () => calls.accept(token, invited)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410, 410, 410, 410, 410]);
    const joined = await server.context.db
      .selectFrom('audit_events')
      .select('target')
      .where('action', '=', 'invitation.accepted')
      .where('org', '=', team.slug)
      .execute();
    expect(joined).toEqual([{ target: invited.username }]);
  });

  it('is for no other account, and says so before', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const [invited, other] = [await newPerson(server), await newPerson(server)];
    const { token } = await calls.inviteOne(team, team.person('o'), invited.email);
    expect((await calls.view(token, other)).body).toMatchObject({ for_you: false });
    expect(JSON.stringify((await calls.view(token, other)).body)).not.toContain(invited.email);
    const refused = await calls.accept(token, other);
    expect(refusal(refused)).toEqual([403, 'invitation_wrong_account']);
    expect(JSON.stringify(refused.body)).not.toContain(invited.email);
    expect(Object.keys(await rolesIn(server, team.id))).toHaveLength(1);
    expect((await calls.accept(token, invited)).status).toBe(200);
  });

  it('is taken by no API key, and needs somebody signed in', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const owner = team.person('o');
    const { token } = await calls.inviteOne(team, owner, newAddress());
    const { secret } = await storeApiKey(server, team.id, owner.id);
    for (const by of [calls.view, calls.accept]) {
      expect(refusal(await by(token, { ...owner, token: secret }))).toEqual([403, 'session_required']);
      expect((await by(token, { ...owner, token: 'x' })).status).toBe(401);
      expect(refusal(await by('y'.repeat(43), owner))).toEqual([404, 'not_found']);
      expect((await by('short', owner)).status).toBe(400);
    }
  });

  it('lasts seven days, and then can neither be accepted nor sent again; its address can be invited anew', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const owner = team.person('o');
    const invited = await newPerson(server);
    const { token, id, expiresAt } = await calls.inviteOne(team, owner, invited.email);
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 7 * 24 * 3_600_000)).toBeLessThan(60_000);
    // Sessions last 12 hours.
    const later = (seconds: number) => newSessionAt(seconds, invited, owner);
    let [guest, host] = await later(invitationSeconds - 60);
    expect((await calls.view(token, guest)).status).toBe(200);
    expect((await calls.list(team, host)).invitations).toHaveLength(1);
    [guest, host] = await later(invitationSeconds + 60);
    for (const result of [await calls.view(token, guest), await calls.accept(token, guest)]) {
      expect(refusal(result)).toEqual([410, 'invitation_ended']);
      expect(JSON.stringify(result.body)).toContain('expired');
    }
    expect(await calls.list(team, host)).toEqual({ invitations: [] });
    expect(refusal(await calls.one(team, id, host, 'resend'))).toEqual([410, 'invitation_ended']);
    const again = await calls.inviteOne(team, host, invited.email);
    expect((await calls.accept(again.token, guest)).status).toBe(200);
    expect(refusal(await calls.accept(token, guest))).toEqual([410, 'invitation_ended']);
  });

  /** People with sessions that begin at a later time, to which the clock is set. */
  async function newSessionAt(seconds: number, ...people: readonly Person[]): Promise<[Person, Person]> {
    pass(seconds);
    const { context } = server;
    const fresh = await Promise.all(
      people.map(async (person) => {
        const user = await context.db
          .selectFrom('users')
          .selectAll()
          .where('id', '=', person.id)
          .executeTakeFirstOrThrow();
        const { token } = await context.write({}, (tx) => startSession(tx, user, context.now()));
        return { ...person, token };
      }),
    );
    return fresh as [Person, Person];
  }

  it('is sent again with a new link and seven new days; the old link ends', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const invited = await newPerson(server);
    const first = await calls.inviteOne(team, team.person('o'), invited.email);
    pass(3 * 3600);
    const resent = await calls.one(team, first.id, team.person('a'), 'resend');
    const answer = sentInvitationSchema.parse(resent.body);
    expect(answer).toMatchObject({ id: first.id, sent: true, invited_by: team.person('a').username });
    expect(Date.parse(answer.expires_at) - Date.parse(first.expiresAt)).toBeGreaterThan(2.9 * 3_600_000);
    expect(refusal(await calls.accept(first.token, invited))).toEqual([404, 'not_found']);
    expect((await calls.accept(calls.newestToken(invited.email), invited)).status).toBe(200);
  });

  it('is revoked at once', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const invited = await newPerson(server);
    const { token, id } = await calls.inviteOne(team, team.person('o'), invited.email);
    expect((await calls.one(team, id, team.person('o'), 'revoke')).status).toBe(204);
    const result = await calls.accept(token, invited);
    expect(refusal(result)).toEqual([410, 'invitation_ended']);
    expect(JSON.stringify(result.body)).toContain('taken back');
    expect(await calls.list(team, team.person('o'))).toEqual({ invitations: [] });
    expect((await calls.send(team, team.person('o'), { emails: [invited.email] })).status).toBe(201);
  });

  it.each(['is removed', 'leaves', 'is made a member'])('ends when who sent it %s', async (end) => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const [o, a] = [team.person('o'), team.person('a')];
    const invited = await newPerson(server);
    const { token } = await calls.inviteOne(team, a, invited.email, 'admin');
    const other = await calls.inviteOne(team, o, newAddress());
    const path = `/v1/orgs/${team.slug}/members/${a.id}`;
    if (end === 'is made a member')
      await call(server, path, { method: 'PATCH', token: o.token, body: { role: 'member' } });
    else await call(server, path, { method: 'DELETE', token: end === 'leaves' ? a.token : o.token });
    expect(refusal(await calls.accept(token, invited))).toEqual([410, 'invitation_ended']);
    expect((await calls.list(team, o)).invitations.map(({ id }) => id)).toEqual([other.id]);
    // Another admin may take it over by sending it again, before that.
    expect((await calls.send(team, o, { emails: [invited.email] })).status).toBe(201);
  });

  it('is gone with its organization', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const invited = await newPerson(server);
    const { token } = await calls.inviteOne(team, team.person('o'), invited.email);
    await call(server, `/v1/orgs/${team.slug}`, { method: 'DELETE', token: team.person('o').token });
    expect(refusal(await calls.accept(token, invited))).toEqual([404, 'not_found']);
  });

  it('is not accepted by who is a member by then', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const { token } = await calls.inviteOne(team, team.person('o'), newAddress(), 'admin');
    const { email } = await server.context.db
      .selectFrom('invitations')
      .select('email')
      .where('org_id', '=', team.id)
      .executeTakeFirstOrThrow();
    const { id } = team.person('m');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ email }).where('id', '=', id).execute(),
    );
    expect(refusal(await calls.accept(token, team.person('m')))).toEqual([409, 'conflict']);
    expect(await rolesIn(server, team.id)).toMatchObject({ [team.person('m').username]: 'member' });
  });

  it('keeps its secret to the mail: nothing of it is stored', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const { token } = await calls.inviteOne(team, team.person('o'), newAddress());
    const { db } = server.context;
    for (const table of ['invitations', 'audit_events', 'events'] as const) {
      const rows = JSON.stringify(await db.selectFrom(table).selectAll().execute());
      expect(rows.includes(token)).toBe(false);
    }
    const events = await db.selectFrom('events').select('data').where('org_id', '=', team.id).execute();
    expect(events).toHaveLength(1);
    // Members follow events, and addresses are for admins.
    expect(JSON.stringify(events)).not.toContain('@');
  });
});

describe('who signs in for the first time', () => {
  it('joins wherever their address is invited to, and nowhere else', async () => {
    const invited = await newPerson(server);
    const teams = [];
    for (const role of ['member', 'admin']) {
      const team = await newTeam(server, { o: 'owner', a: 'admin' });
      await calls.inviteOne(team, team.person('a'), invited.email, role);
      teams.push(team);
    }
    const [first, second] = teams;
    if (first === undefined || second === undefined) throw new Error('There are no teams.');
    const revoked = await newTeam(server, { o: 'owner' });
    const { id } = await calls.inviteOne(revoked, revoked.person('o'), invited.email);
    await calls.one(revoked, id, revoked.person('o'), 'revoke');
    const another = await newTeam(server, { o: 'owner' });
    await calls.inviteOne(another, another.person('o'), `x${invited.email}`);

    const { context } = server;
    const joined = await context.write({}, (tx, audit) => acceptOpenInvitations(context, tx, audit, invited));
    expect(joined).toEqual([
      { org: first.slug, role: 'member' },
      { org: second.slug, role: 'admin' },
    ]);
    const { body } = await call(server, '/v1/orgs', { token: invited.token });
    expect(body).toMatchObject({ orgs: [first.slug, second.slug].toSorted().map((slug) => ({ slug })) });
    expect(
      await context.write({}, (tx, audit) => acceptOpenInvitations(context, tx, audit, invited)),
    ).toEqual([]);
  });
});

describe('a server that sends no mail', () => {
  it('gives who invites the link to hand on', async () => {
    const silent = await startLocalServer();
    try {
      const team = await newTeam(silent, { o: 'owner' });
      const invited = await newPerson(silent);
      const { token } = team.person('o');
      const path = `/v1/orgs/${team.slug}/invitations`;
      const { body } = await call(silent, path, { token, body: { emails: [invited.email] } });
      const [invitation] = inviteAnswerSchema.parse(body).invited;
      expect(invitation).toMatchObject({
        sent: false,
        link: expect.stringContaining(silent.origin) as string,
      });
      const resent = await call(silent, `${path}/${invitation?.id ?? ''}/resend`, { method: 'POST', token });
      const { link = '' } = sentInvitationSchema.parse(resent.body);
      expect(link).not.toBe(invitation?.link);
      const accepted = await call(silent, `/v1${new URL(link).pathname}/accept`, {
        method: 'POST',
        token: invited.token,
      });
      expect(accepted.status).toBe(200);
      const listed = await call(silent, path, { token });
      expect(JSON.stringify(listed.body)).not.toContain('link');
    } finally {
      await silent.stop();
    }
  });
});
