import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inviteAnswerSchema, maxOpenInvitations } from '../../contracts/server-api/kisenon/invitations.ts';
import { mailSettings } from '../../reference-server/config/mail.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { maxEndedInvitations } from '../../reference-server/identity/invitations.ts';
import { mailRules } from '../../reference-server/limits/mail-limits.ts';
import { invitationCalls, newAddress, refusal } from '../support/invitation-calls.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { mailsIn } from '../support/mail.ts';
import { newTeam } from '../support/organization.ts';
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

describe('inviting', () => {
  it('takes many at once and says of each what became of it', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const [o, m] = [team.person('o'), team.person('m')];
    const known = newAddress();
    await calls.inviteOne(team, o, known);
    const fresh = [newAddress(), newAddress()];
    const emails = [fresh[0], fresh[1]?.toUpperCase(), fresh[1], known, m.email.toUpperCase()];
    const { status, body } = await calls.send(team, o, { emails, role: 'admin' });
    expect(status).toBe(201);
    const { invited, refused } = inviteAnswerSchema.parse(body);
    expect(invited.map(({ email, role, sent }) => [email, role, sent])).toEqual(
      fresh.map((email) => [email, 'admin', true]),
    );
    expect(refused).toEqual([
      { email: known, reason: 'invited' },
      { email: m.email, reason: 'member' },
    ]);
    expect((await calls.list(team, o)).invitations.map(({ email }) => email)).toEqual(
      [known, ...fresh].toSorted(),
    );
    for (const email of [known, m.email, o.email]) {
      expect(refusal(await calls.send(team, o, { emails: [email] }))).toEqual([409, 'conflict']);
    }
  });

  it('of one address at the same time makes one invitation', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const emails = [newAddress()];
    const answers = await Promise.all(
      ['o', 'a', 'o', 'a'].map((name) => calls.send(team, team.person(name), { emails })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
    expect((await calls.list(team, team.person('o'))).invitations).toHaveLength(1);
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
    const result = await calls.send(team, team.person('o'), body);
    const { details } = (result.body as { error: { details?: { issues?: { path: string }[] } } }).error;
    expect([result.status, details?.issues?.[0]?.path]).toEqual([400, field]);
  });

  it('is for admins and owners', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin', m: 'member', v: 'viewer' });
    const { id } = await calls.inviteOne(team, team.person('o'), newAddress());
    for (const name of ['m', 'v']) {
      const person = team.person(name);
      for (const result of [
        await calls.send(team, person, { emails: [newAddress()] }),
        await calls.one(team, id, person, 'resend'),
        await calls.one(team, id, person, 'revoke'),
        await call(server, `/v1/orgs/${team.slug}/invitations`, { token: person.token }),
      ]) {
        expect(refusal(result)).toEqual([403, 'role_insufficient']);
      }
    }
    const other = await newTeam(server, { o: 'owner' });
    for (const what of ['resend', 'revoke'] as const) {
      expect(refusal(await calls.one(other, id, other.person('o'), what))).toEqual([404, 'not_found']);
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
        calls.send(team, team.person(name), { emails: Array.from({ length: 40 }, newAddress) }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await calls.list(team, team.person('o'), `?limit=50&after=${encodeURIComponent(after)}`);
      seen.push(...page.invitations.map(({ email }) => email));
      after = page.next;
    }
    expect(seen).toHaveLength(maxOpenInvitations - 20);
    expect(new Set(seen).size).toBe(seen.length);
    const before = { ended_at: new Date(now).toISOString(), ended_as: 'revoked' } as const;
    const past = Array.from({ length: maxEndedInvitations }, () => ({
      ...{ id: newId('inv'), org_id, email: 'past@people.example', role: 'member' as const },
      ...{ token_hash: randomUUID(), invited_by: team.person('o').id, ...before },
      ...{ created_at: before.ended_at, expires_at: before.ended_at },
    }));
    await server.context.write({}, (tx) => tx.insertInto('invitations').values(past).execute());
    // What expires makes room.
    await server.context.write({}, (tx) =>
      tx
        .updateTable('invitations')
        .set({ expires_at: new Date(now - 1).toISOString() })
        .where('org_id', '=', org_id)
        .where('email', 'like', 'open-%')
        .execute(),
    );
    expect((await calls.send(team, team.person('a'), { emails: [newAddress()] })).status).toBe(201);
    // Of those that ended, the last ones are remembered.
    const ended = await server.context.db
      .selectFrom('invitations')
      .select('email')
      .where('org_id', '=', org_id)
      .where('ended_at', 'is not', null)
      .execute();
    expect(ended).toHaveLength(maxEndedInvitations);
    expect(ended.filter(({ email }) => email.startsWith('open-'))).toHaveLength(rows.length);
  });

  it('sends one person’s mails up to a limit', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const many = () => ({ emails: Array.from({ length: 50 }, newAddress) });
    for (let count = 0; count < mailRules.sender.failures; count += 50) {
      expect((await calls.send(team, team.person('o'), many())).status).toBe(201);
    }
    const result = await calls.send(team, team.person('o'), { emails: [newAddress()] });
    expect(refusal(result)).toEqual([429, 'rate_limited']);
    expect(Number(result.headers.get('retry-after'))).toBeGreaterThan(3000);
    expect((await calls.send(team, team.person('a'), { emails: [newAddress()] })).status).toBe(201);
  });

  it('floods no address, whoever asks and from wherever', async () => {
    const email = newAddress();
    const arrived = () => mailsIn(outbox).filter(({ headers }) => headers.get('to')?.[0] === email).length;
    const team = await newTeam(server, { o: 'owner' });
    const { id } = await calls.inviteOne(team, team.person('o'), email);
    for (let count = 1; count < mailRules.address.failures; count += 1) {
      expect((await calls.one(team, id, team.person('o'), 'resend')).status).toBe(200);
    }
    const token = calls.newestToken(email);
    expect(refusal(await calls.one(team, id, team.person('o'), 'resend'))).toEqual([429, 'rate_limited']);
    // The link that was sent last is good still.
    expect((await calls.view(token, team.person('o'))).status).toBe(200);
    const other = await newTeam(server, { o: 'owner' });
    const elsewhere = await calls.send(other, other.person('o'), { emails: [email] });
    expect(inviteAnswerSchema.parse(elsewhere.body).invited).toMatchObject([{ email, sent: false }]);
    expect(arrived()).toBe(mailRules.address.failures);
  });
});
