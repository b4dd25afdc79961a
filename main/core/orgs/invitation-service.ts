import type { InvitationSummary, InviteResult } from '../../../contracts/ipc/members.ts';
import { invitationsPath, type InvitationRole } from '../../../contracts/server-api/index.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { invitationListAnswer, inviteAnswer, sentInvitationAnswer } from '../service/dialects/kisenon.ts';
import type { OrgPlace } from './org-service.ts';

/** Invitations to the organizations of a context's account. */
export class InvitationService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** Those that can still be accepted, by address. @throws KeyholdError as `ServiceCalls.ask`. */
  async list({ contextId, org }: OrgPlace): Promise<InvitationSummary[]> {
    const invitations = await this.#deps.service.askAll(
      contextId,
      { path: invitationsPath(org) },
      invitationListAnswer,
      (page) => page.invitations,
    );
    return invitations.map((each) => ({
      id: each.id,
      email: each.email,
      role: each.role,
      invitedBy: each.invited_by,
      createdAt: each.created_at,
      expiresAt: each.expires_at,
    }));
  }

  /** Invites each address. @returns What became of each. @throws KeyholdError as `ServiceCalls.ask`. */
  async send(
    { contextId, org }: OrgPlace,
    emails: readonly string[],
    role: InvitationRole,
  ): Promise<InviteResult[]> {
    const request = { method: 'POST' as const, path: invitationsPath(org), body: { emails, role } };
    const { invited, refused } = await this.#deps.service.ask(contextId, request, inviteAnswer);
    for (const { email } of invited)
      noteDeed(this.#deps, 'invitation.sent', contextId, `${org}: ${email}, ${role}`);
    return [
      ...invited.map(({ email, sent }) => ({
        email,
        result: sent ? ('sent' as const) : ('unsent' as const),
      })),
      ...refused.map(({ email, reason }) => ({ email, result: reason })),
    ];
  }

  /** @returns Whether the mail was sent. @throws KeyholdError `invitation_gone`, or as `ServiceCalls.ask`. */
  async resend({ contextId, org }: OrgPlace, id: string): Promise<boolean> {
    const request = {
      method: 'POST' as const,
      path: `${invitationsPath(org)}/${id}/resend`,
      errorCodes: { not_found: 'invitation_gone', invitation_ended: 'invitation_gone' } as const,
    };
    const { email, sent } = await this.#deps.service.ask(contextId, request, sentInvitationAnswer);
    noteDeed(this.#deps, 'invitation.sent', contextId, `${org}: ${email}, again`);
    return sent;
  }

  /** @throws KeyholdError `invitation_gone`, or as `ServiceCalls.ask`. */
  async revoke({ contextId, org }: OrgPlace, id: string): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: `${invitationsPath(org)}/${id}`,
      errorCodes: { not_found: 'invitation_gone' },
    });
    noteDeed(this.#deps, 'invitation.revoked', contextId, `${org}: ${id}`);
  }
}
