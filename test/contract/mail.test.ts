import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inviteAnswerSchema, sentInvitationSchema } from '../../contracts/server-api/kisenon/invitations.ts';
import { mailSettings } from '../../reference-server/config/mail.ts';
import { invitationMail } from '../../reference-server/mail/invitation-mail.ts';
import { openOutbox } from '../../reference-server/mail/outbox.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { invitationTokenIn, mailsIn, startMailServer } from '../support/mail.ts';
import type { MailServer } from '../support/mail.ts';
import { newPerson, newTeam } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { call } from '../support/server-client.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-outbox-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const words = {
  email: 'jonas@acme.example',
  serverName: 'Keyhold',
  org: 'acme',
  orgName: 'Acme',
  inviter: { name: 'Maya Chen', email: 'maya@acme.example' },
  role: 'admin',
  link: `https://keyhold.example/invitations/${'a'.repeat(43)}`,
  expires_at: '2026-12-06T09:05:00.000Z',
} as const;

describe('the folder', () => {
  it('gets one file a mail, whole, for its owner to read', async () => {
    const outbox = join(folder, 'made', 'deeper');
    const send = openOutbox(mailSettings({ outbox }) ?? never(), 'Keyhold');
    const mails = Array.from({ length: 5 }, () => invitationMail(words));
    expect(await send(mails)).toEqual([null, null, null, null, null]);
    const files = readdirSync(outbox);
    expect(files).toHaveLength(5);
    for (const file of files) {
      expect(file).toMatch(/^[^.].*\.eml$/);
      expect(statSync(join(outbox, file)).mode & 0o777).toBe(0o600);
    }
    const [mail] = mailsIn(outbox);
    expect(mail?.headers.get('subject')).toEqual(['Maya Chen invites you to Acme']);
    expect(mail?.headers.get('to')).toEqual(['jonas@acme.example']);
    expect(mail?.headers.get('from')).toEqual(['Keyhold <keyhold@localhost>']);
    expect(mail?.headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(mail?.text).toBe(
      [
        'Maya Chen (maya@acme.example) invites you to join Acme (acme) on Keyhold as an admin.',
        'To accept, open this link and sign in as jonas@acme.example:',
        words.link,
        'It can be accepted once, until 6 December 2026 at 09:05 UTC, and by nobody else.',
        'If you do not expect this, you need not do anything.\n',
      ]
        .join('\n\n')
        .replaceAll('\n', '\r\n'),
    );
    expect(mail?.html).toContain(`<a href="${words.link}"`);
  });

  it('that is a file, or cannot be written to, ends the start with a word', () => {
    const outbox = join(folder, 'made', 'deeper', readdirSync(join(folder, 'made', 'deeper'))[0] ?? '');
    expect(() => openOutbox(mailSettings({ outbox }) ?? never(), 'Keyhold')).toThrow(
      /mail folder .* Choose another/,
    );
  });

  it('that is gone later says so of each mail, and works again when it is back', async () => {
    const outbox = join(folder, 'gone');
    const send = openOutbox(mailSettings({ outbox }) ?? never(), 'Keyhold');
    rmSync(outbox, { recursive: true });
    expect(await send([invitationMail(words), invitationMail(words)])).toEqual(['ENOENT', 'ENOENT']);
  });
});

function never(): never {
  throw new Error('There are no settings.');
}

describe('a mail', () => {
  const known = [
    ...['from', 'to', 'subject', 'auto-submitted', 'message-id', 'date', 'mime-version', 'content-type'],
  ].toSorted();
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom('\r', '\n', 'B', 'c', ':', ' ', ',', '<', '>', '"', '@', '=', '?', '\u2028'),
    }),
    fc.constantFrom(
      'Maya\r\nBcc: all@people.example',
      'x\r\n\r\n<script>alert(1)</script>',
      '=?utf-8?q?x=0D=0ABcc:_all@people.example?=',
      '"><img src=x onerror=alert(1)>',
      '\u202eevil\u2066',
      'Straßenverkehrsgenossenschaftsverwaltung'.repeat(5),
      '<%= it.link %>',
    ),
  );

  it('has the headers and recipients that it is to have, whatever people call themselves', async () => {
    const outbox = join(folder, 'property');
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (orgName, name, serverName) => {
        rmSync(outbox, { recursive: true, force: true });
        const send = openOutbox(mailSettings({ outbox }) ?? never(), serverName);
        const inviter = { name, email: 'maya@acme.example' };
        expect(await send([invitationMail({ ...words, orgName, inviter, serverName })])).toEqual([null]);
        const [mail] = mailsIn(outbox);
        const headers = mail?.headers ?? new Map<string, string[]>();
        expect([...headers.keys()].toSorted()).toEqual(known);
        for (const values of headers.values()) expect(values).toHaveLength(1);
        expect(headers.get('to')).toEqual(['jonas@acme.example']);
        expect(headers.get('from')?.[0]).toMatch(/keyhold@localhost>?$/);
        for (const line of mail?.raw.split('\r\n') ?? []) expect(Buffer.byteLength(line)).toBeLessThan(999);
        expect(mail?.html).not.toMatch(/<script|<img|onerror=[^&]*>/);
        expect(mail?.html.match(/<a /g)).toHaveLength(2);
        expect(mail?.text).toContain(words.link);
        // The subject is one line, and no line of the text begins anew inside a name.
        expect(mail?.text.split('\r\n\r\n')).toHaveLength(5);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a mail server', () => {
  let mailServer: MailServer;
  let server: LocalServer;
  let whileMailArrives: () => Promise<unknown> = () => Promise.resolve();
  const refused = 'nobody@people.example';
  beforeAll(async () => {
    mailServer = await startMailServer({
      refused: [refused],
      onMail: () => whileMailArrives(),
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'keyhold' && password === 'right') done(null, { user: username });
        else done(new Error('No'));
      },
    });
    server = await startLocalServer({ name: 'Prüfstand', mail: smtp(mailServer.port, 'right') });
  });
  afterAll(async () => {
    await server.stop();
    await mailServer.stop();
  });

  const smtp = (port: number, password: string, host = '127.0.0.1') =>
    mailSettings({ smtp: { host, port, user: 'keyhold', password }, from: 'keyhold@acme.example' });

  async function invite(team: Team, emails: string[], on = server) {
    const path = `/v1/orgs/${team.slug}/invitations`;
    const { body } = await call(on, path, { token: team.person('o').token, body: { emails } });
    return inviteAnswerSchema.parse(body).invited;
  }

  async function failuresOf({ slug }: Team, on = server): Promise<unknown[]> {
    const rows = await on.context.db
      .selectFrom('audit_events')
      .select('details')
      .where('action', '=', 'invitation.mail_failed')
      .where('org', '=', slug)
      .execute();
    return rows.map(({ details }) => JSON.parse(details) as unknown);
  }

  it('gets each mail, signed in, and the link in it works', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const people = [await newPerson(server), await newPerson(server)];
    const invited = await invite(
      team,
      people.map(({ email }) => email),
    );
    expect(invited.map(({ sent, link }) => [sent, link])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    for (const person of people) {
      const mail = mailServer.mails.find(({ to }) => to.includes(person.email)) ?? never();
      expect(mail).toMatchObject({ from: 'keyhold@acme.example', to: [person.email], user: 'keyhold' });
      expect(mail.headers.get('from')).toEqual(['Prüfstand <keyhold@acme.example>']);
      const path = `/v1/invitations/${invitationTokenIn(mail)}/accept`;
      expect((await call(server, path, { method: 'POST', token: person.token })).status).toBe(200);
    }
  });

  it('that refuses one address gets the others', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const emails = ['before@people.example', refused, 'after@people.example'];
    expect((await invite(team, emails)).map(({ sent }) => sent)).toEqual([true, false, true]);
    expect(await failuresOf(team)).toEqual([{ mails: 1, reason: 'EENVELOPE' }]);
  });

  it('is talked to outside of any transaction: what is stored can be seen and changed meanwhile', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const seen: number[] = [];
    whileMailArrives = async () => {
      const path = `/v1/orgs/${team.slug}/invitations`;
      const { body } = await call(server, path, { token: team.person('o').token });
      seen.push((body as { invitations: unknown[] }).invitations.length);
      await server.context.write({}, () => undefined);
    };
    const invited = await invite(team, ['slow@people.example']);
    whileMailArrives = () => Promise.resolve();
    expect([invited[0]?.sent, seen]).toEqual([true, [1]]);
  });

  it('that is not there keeps nobody waiting: the invitation stays, to be sent once it is back', async () => {
    const gone = await startMailServer();
    await gone.stop();
    const lonely = await startLocalServer({ mail: smtp(gone.port, 'right') });
    try {
      const team = await newTeam(lonely, { o: 'owner' });
      const invited = await invite(team, ['one@people.example', 'two@people.example'], lonely);
      expect(invited.map(({ sent, link }) => [sent, link])).toEqual([
        [false, undefined],
        [false, undefined],
      ]);
      expect(await failuresOf(team, lonely)).toEqual([{ mails: 2, reason: 'ESOCKET' }]);
      const back = await startMailServer({
        port: gone.port,
        onAuth: ({ username }, _session, done) => {
          done(null, { user: username });
        },
      });
      const path = `/v1/orgs/${team.slug}/invitations/${invited[0]?.id ?? ''}/resend`;
      const resent = await call(lonely, path, { method: 'POST', token: team.person('o').token });
      expect(sentInvitationSchema.parse(resent.body).sent).toBe(true);
      expect(back.mails.map(({ to }) => to)).toEqual([['one@people.example']]);
      await back.stop();
    } finally {
      await lonely.stop();
    }
  });

  it('gets no password and no mail without TLS, off this computer', async () => {
    // The same server by an address that does not pass for this computer's.
    const settings = smtp(mailServer.port, 'right', '::ffff:127.0.0.1') ?? never();
    const before = mailServer.mails.length;
    expect(await openOutbox(settings, 'Keyhold')([invitationMail(words)])).toEqual(['ETLS']);
    expect(mailServer.mails).toHaveLength(before);
  });

  it('that does not take the password is asked once', async () => {
    const send = openOutbox(smtp(mailServer.port, 'wrong') ?? never(), 'Keyhold');
    expect(await send([invitationMail(words), invitationMail(words)])).toEqual(['EAUTH', 'EAUTH']);
  });
});
