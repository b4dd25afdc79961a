import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  acceptedInvitationSchema,
  invitationListSchema,
  invitationSeconds,
  invitationViewSchema,
  inviteAnswerSchema,
  maxOpenInvitations,
  sentInvitationSchema,
} from '../../contracts/server-api/kisenon/invitations.ts';
import { startSession } from '../../reference-server/auth/sessions.ts';
import { mailSettings } from '../../reference-server/config/mail.ts';
import { acceptOpenInvitations } from '../../reference-server/identity/accepted-invitations.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { mailRules } from '../../reference-server/limits/mail-limits.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { invitationTokenIn, mailsIn } from '../support/mail.ts';
import { newApiKey, newPerson, newTeam, rolesIn } from '../support/organization.ts';
import type { Person, Team } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
let outbox: string;
beforeAll(async () => {
  outbox = mkdtempSync(join(tmpdir(), 'keyhold-mail-'));
  server = await startLocalServer({ mail: mailSettings({ outbox }) });
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

let made = 0;
const newAddress = () => `new-${String((made += 1))}@people.example`;

const send = ({ slug }: Team, { token }: Person, body: object) =>
  call(server, `/v1/orgs/${slug}/invitations`, { token, body });

/** Invites one address; gives the invitation and the secret of the link in its mail. */
async function inviteOne(team: Team, by: Person, email: string, role = 'member') {
  const { status, body } = await send(team, by, { emails: [email], role });
  expect(status).toBe(201);
  const [invitation] = inviteAnswerSchema.parse(body).invited;
  expect(invitation).toMatchObject({ email, role, sent: true, invited_by: by.username });
  return { id: invitation?.id ?? '', expiresAt: invitation?.expires_at ?? '', token: newestToken(email) };
}

function newestToken(email: string): string {
  const mail = mailsIn(outbox).findLast(({ headers }) => headers.get('to')?.[0] === email);
  if (mail === undefined) throw new Error(`No mail went to ${email}.`);
  return invitationTokenIn(mail);
}

const one = (team: Team, id: string, { token }: Person, what: 'resend' | 'revoke') =>
  call(server, `/v1/orgs/${team.slug}/invitations/${id}${what === 'resend' ? '/resend' : ''}`, {
    method: what === 'resend' ? 'POST' : 'DELETE',
    token,
  });
const view = (secret: string, { token }: Person) => call(server, `/v1/invitations/${secret}`, { token });
const accept = (secret: string, { token }: Person) =>
  call(server, `/v1/invitations/${secret}/accept`, { method: 'POST', token });
const list = async ({ slug }: Team, { token }: Person, query = '') =>
  invitationListSchema.parse((await call(server, `/v1/orgs/${slug}/invitations${query}`, { token })).body);

const refusal = (result: CallResult) => [result.status, errorCode(result)];

describe('an invitation', () => {
  it('makes whoever has its address a member, once', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const invited = await newPerson(server);
    const { token, id } = await inviteOne(team, team.person('a'), invited.email, 'admin');
    expect(invitationViewSchema.parse((await view(token, invited)).body)).toMatchObject({
      ...{ org: { slug: team.slug, name: team.slug }, role: 'admin', for_you: true },
      invited_by: team.person('a').username,
    });
    const accepted = await accept(token, invited);
    expect(acceptedInvitationSchema.parse(accepted.body)).toEqual({ org: team.slug, role: 'admin' });
    expect(await rolesIn(server, team.id)).toMatchObject({ [invited.username]: 'admin' });
    expect(await list(team, invited)).toEqual({ invitations: [] });
    const again = await accept(token, invited);
    expect(refusal(again)).toEqual([410, 'invitation_ended']);
    expect(JSON.stringify(again.body)).toContain('accepted already');
    for (const what of ['resend', 'revoke'] as const) {
      expect(refusal(await one(team, id, team.person('o'), what))).toEqual([410, 'invitation_ended']);
    }
  });

  it('is accepted in one of two browsers', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const invited = await newPerson(server);
    const { token } = await inviteOne(team, team.person('o'), invited.email);
    const answers = await Promise.all(Array.from({ length: 6 }, () => accept(token, invited)));
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
    const { token } = await inviteOne(team, team.person('o'), invited.email);
    expect((await view(token, other)).body).toMatchObject({ for_you: false });
    expect(JSON.stringify((await view(token, other)).body)).not.toContain(invited.email);
    const refused = await accept(token, other);
    expect(refusal(refused)).toEqual([403, 'invitation_wrong_account']);
    expect(JSON.stringify(refused.body)).not.toContain(invited.email);
    expect(Object.keys(await rolesIn(server, team.id))).toHaveLength(1);
    expect((await accept(token, invited)).status).toBe(200);
  });

  it('is taken by no API key, and needs somebody signed in', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const owner = team.person('o');
    const { token } = await inviteOne(team, owner, newAddress());
    const { secret } = await newApiKey(server, team.id, owner.id);
    for (const by of [view, accept]) {
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
    const { token, id, expiresAt } = await inviteOne(team, owner, invited.email);
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 7 * 24 * 3_600_000)).toBeLessThan(60_000);
    // Sessions last 12 hours.
    const later = (seconds: number) => newSessionAt(seconds, invited, owner);
    let [guest, host] = await later(invitationSeconds - 60);
    expect((await view(token, guest)).status).toBe(200);
    expect((await list(team, host)).invitations).toHaveLength(1);
    [guest, host] = await later(invitationSeconds + 60);
    for (const result of [await view(token, guest), await accept(token, guest)]) {
      expect(refusal(result)).toEqual([410, 'invitation_ended']);
      expect(JSON.stringify(result.body)).toContain('expired');
    }
    expect(await list(team, host)).toEqual({ invitations: [] });
    expect(refusal(await one(team, id, host, 'resend'))).toEqual([410, 'invitation_ended']);
    const again = await inviteOne(team, host, invited.email);
    expect((await accept(again.token, guest)).status).toBe(200);
    expect(refusal(await accept(token, guest))).toEqual([410, 'invitation_ended']);
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
    const first = await inviteOne(team, team.person('o'), invited.email);
    pass(3 * 3600);
    const resent = await one(team, first.id, team.person('a'), 'resend');
    const answer = sentInvitationSchema.parse(resent.body);
    expect(answer).toMatchObject({ id: first.id, sent: true, invited_by: team.person('a').username });
    expect(Date.parse(answer.expires_at) - Date.parse(first.expiresAt)).toBeGreaterThan(2.9 * 3_600_000);
    expect(refusal(await accept(first.token, invited))).toEqual([404, 'not_found']);
    expect((await accept(newestToken(invited.email), invited)).status).toBe(200);
  });

  it('is revoked at once', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const invited = await newPerson(server);
    const { token, id } = await inviteOne(team, team.person('o'), invited.email);
    expect((await one(team, id, team.person('o'), 'revoke')).status).toBe(204);
    const result = await accept(token, invited);
    expect(refusal(result)).toEqual([410, 'invitation_ended']);
    expect(JSON.stringify(result.body)).toContain('taken back');
    expect(await list(team, team.person('o'))).toEqual({ invitations: [] });
    expect((await send(team, team.person('o'), { emails: [invited.email] })).status).toBe(201);
  });

  it.each(['is removed', 'leaves', 'is made a member'])('ends when who sent it %s', async (end) => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const [o, a] = [team.person('o'), team.person('a')];
    const invited = await newPerson(server);
    const { token } = await inviteOne(team, a, invited.email, 'admin');
    const other = await inviteOne(team, o, newAddress());
    const path = `/v1/orgs/${team.slug}/members/${a.id}`;
    if (end === 'is made a member')
      await call(server, path, { method: 'PATCH', token: o.token, body: { role: 'member' } });
    else await call(server, path, { method: 'DELETE', token: end === 'leaves' ? a.token : o.token });
    expect(refusal(await accept(token, invited))).toEqual([410, 'invitation_ended']);
    expect((await list(team, o)).invitations.map(({ id }) => id)).toEqual([other.id]);
    // Another admin may take it over by sending it again, before that.
    expect((await send(team, o, { emails: [invited.email] })).status).toBe(201);
  });

  it('is gone with its organization', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const invited = await newPerson(server);
    const { token } = await inviteOne(team, team.person('o'), invited.email);
    await call(server, `/v1/orgs/${team.slug}`, { method: 'DELETE', token: team.person('o').token });
    expect(refusal(await accept(token, invited))).toEqual([404, 'not_found']);
  });

  it('is not accepted by who is a member by then', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const { token } = await inviteOne(team, team.person('o'), newAddress(), 'admin');
    const { email } = await server.context.db
      .selectFrom('invitations')
      .select('email')
      .where('org_id', '=', team.id)
      .executeTakeFirstOrThrow();
    const { id } = team.person('m');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ email }).where('id', '=', id).execute(),
    );
    expect(refusal(await accept(token, team.person('m')))).toEqual([409, 'conflict']);
    expect(await rolesIn(server, team.id)).toMatchObject({ [team.person('m').username]: 'member' });
  });

  it('keeps its secret to the mail: nothing of it is stored', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const { token } = await inviteOne(team, team.person('o'), newAddress());
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

describe('inviting', () => {
  it('takes many at once and says of each what became of it', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const [o, m] = [team.person('o'), team.person('m')];
    const known = newAddress();
    await inviteOne(team, o, known);
    const fresh = [newAddress(), newAddress()];
    const emails = [fresh[0], fresh[1]?.toUpperCase(), fresh[1], known, m.email.toUpperCase()];
    const { status, body } = await send(team, o, { emails, role: 'admin' });
    expect(status).toBe(201);
    const { invited, refused } = inviteAnswerSchema.parse(body);
    expect(invited.map(({ email, role, sent }) => [email, role, sent])).toEqual(
      fresh.map((email) => [email, 'admin', true]),
    );
    expect(refused).toEqual([
      { email: known, reason: 'invited' },
      { email: m.email, reason: 'member' },
    ]);
    expect((await list(team, o)).invitations.map(({ email }) => email)).toEqual([known, ...fresh].toSorted());
    for (const email of [known, m.email, o.email]) {
      expect(refusal(await send(team, o, { emails: [email] }))).toEqual([409, 'conflict']);
    }
  });

  it('of one address at the same time makes one invitation', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const emails = [newAddress()];
    const answers = await Promise.all(
      ['o', 'a', 'o', 'a'].map((name) => send(team, team.person(name), { emails })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
    expect((await list(team, team.person('o'))).invitations).toHaveLength(1);
  });

  it.each([
    [{ emails: [] }, 'emails'],
    [{ emails: Array.from({ length: 51 }, (_, index) => `p${String(index)}@people.example`) }, 'emails'],
    [{ emails: ['no address'] }, 'emails.0'],
    [{ emails: ['a@people.example\r\nBcc: all@people.example'] }, 'emails.0'],
    [{ emails: ['a@people.example, b@people.example'] }, 'emails.0'],
    [{ emails: ['ä@people.example'] }, 'emails.0'],
    [{ emails: [`${'x'.repeat(250)}@people.example`] }, 'emails.0'],
    [{ emails: ['a@people.example'], role: 'owner' }, 'role'],
    [{ emails: ['a@people.example'], role: 'viewer' }, 'role'],
    [{ emails: ['a@people.example'], days: 100 }, 'days'],
  ])('is refused for %j', async (body, field) => {
    const team = await newTeam(server, { o: 'owner' });
    const result = await send(team, team.person('o'), body);
    const { details } = (result.body as { error: { details?: { issues?: { path: string }[] } } }).error;
    expect([result.status, details?.issues?.[0]?.path]).toEqual([400, field]);
  });

  it('is for admins and owners', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin', m: 'member', v: 'viewer' });
    const { id } = await inviteOne(team, team.person('o'), newAddress());
    for (const name of ['m', 'v']) {
      const person = team.person(name);
      for (const result of [
        await send(team, person, { emails: [newAddress()] }),
        await one(team, id, person, 'resend'),
        await one(team, id, person, 'revoke'),
        await call(server, `/v1/orgs/${team.slug}/invitations`, { token: person.token }),
      ]) {
        expect(refusal(result)).toEqual([403, 'role_insufficient']);
      }
    }
    const other = await newTeam(server, { o: 'owner' });
    for (const what of ['resend', 'revoke'] as const) {
      expect(refusal(await one(other, id, other.person('o'), what))).toEqual([404, 'not_found']);
    }
  });

  it('has room for so many invitations at a time, also for those who ask together', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const { id: org_id } = team;
    const now = Date.now();
    const rows = Array.from({ length: maxOpenInvitations - 60 }, (_, index) => ({
      id: newId('inv'),
      org_id,
      email: `open-${String(index)}@people.example`,
      role: 'member' as const,
      token_hash: randomUUID(),
      invited_by: team.person('o').id,
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + 3_600_000).toISOString(),
      ended_at: null,
      ended_as: null,
    }));
    await server.context.write({}, (tx) => tx.insertInto('invitations').values(rows).execute());
    const answers = await Promise.all(
      ['o', 'a'].map((name) =>
        send(team, team.person(name), { emails: Array.from({ length: 40 }, newAddress) }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await list(team, team.person('o'), `?limit=50&after=${encodeURIComponent(after)}`);
      seen.push(...page.invitations.map(({ email }) => email));
      after = page.next;
    }
    expect(seen).toHaveLength(maxOpenInvitations - 20);
    expect(new Set(seen).size).toBe(seen.length);
    // What expires makes room.
    await server.context.write({}, (tx) =>
      tx
        .updateTable('invitations')
        .set({ expires_at: new Date(now - 1).toISOString() })
        .where('org_id', '=', org_id)
        .where('email', 'like', 'open-%')
        .execute(),
    );
    expect((await send(team, team.person('a'), { emails: [newAddress()] })).status).toBe(201);
  });

  it('sends one person’s mails up to a limit', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const many = () => ({ emails: Array.from({ length: 50 }, newAddress) });
    for (let count = 0; count < mailRules.sender.failures; count += 50) {
      expect((await send(team, team.person('o'), many())).status).toBe(201);
    }
    const result = await send(team, team.person('o'), { emails: [newAddress()] });
    expect(refusal(result)).toEqual([429, 'rate_limited']);
    expect(Number(result.headers.get('retry-after'))).toBeGreaterThan(3000);
    expect((await send(team, team.person('a'), { emails: [newAddress()] })).status).toBe(201);
  });

  it('floods no address, whoever asks and from wherever', async () => {
    const email = newAddress();
    const arrived = () => mailsIn(outbox).filter(({ headers }) => headers.get('to')?.[0] === email).length;
    const team = await newTeam(server, { o: 'owner' });
    const { id } = await inviteOne(team, team.person('o'), email);
    for (let count = 1; count < mailRules.address.failures; count += 1) {
      expect((await one(team, id, team.person('o'), 'resend')).status).toBe(200);
    }
    const token = newestToken(email);
    expect(refusal(await one(team, id, team.person('o'), 'resend'))).toEqual([429, 'rate_limited']);
    // The link that was sent last is good still.
    expect((await view(token, team.person('o'))).status).toBe(200);
    const other = await newTeam(server, { o: 'owner' });
    const elsewhere = await send(other, other.person('o'), { emails: [email] });
    expect(inviteAnswerSchema.parse(elsewhere.body).invited).toMatchObject([{ email, sent: false }]);
    expect(arrived()).toBe(mailRules.address.failures);
  });
});

describe('who signs in for the first time', () => {
  it('joins wherever their address is invited to, and nowhere else', async () => {
    const invited = await newPerson(server);
    const teams = [];
    for (const role of ['member', 'admin']) {
      const team = await newTeam(server, { o: 'owner', a: 'admin' });
      await inviteOne(team, team.person('a'), invited.email, role);
      teams.push(team);
    }
    const [first, second] = teams;
    if (first === undefined || second === undefined) throw new Error('There are no teams.');
    const revoked = await newTeam(server, { o: 'owner' });
    const { id } = await inviteOne(revoked, revoked.person('o'), invited.email);
    await one(revoked, id, revoked.person('o'), 'revoke');
    const another = await newTeam(server, { o: 'owner' });
    await inviteOne(another, another.person('o'), `x${invited.email}`);

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
