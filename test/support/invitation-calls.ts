import { expect } from 'vitest';
import { invitationListSchema, inviteAnswerSchema } from '../../contracts/server-api/kisenon/invitations.ts';
import type { LocalServer } from './local-server.ts';
import { invitationTokenIn, mailsIn } from './mail.ts';
import type { Person, Team } from './organization.ts';
import { call, errorCode } from './server-client.ts';
import type { CallResult } from './server-client.ts';

let made = 0;

/** An address that nobody has. */
export const newAddress = () => `new-${String((made += 1))}@people.example`;

/** Status and code of a refusal. */
export const refusal = (result: CallResult) => [result.status, errorCode(result)];

/** The requests about invitations to a server whose mail goes into a folder. */
export function invitationCalls(server: LocalServer, outbox: string) {
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

  return { send, inviteOne, newestToken, one, view, accept, list };
}
