import { KeyholdError } from '../../../contracts/errors.ts';
import type { InvitationSummary, InvitationView, InviteResult } from '../../../contracts/ipc/members.ts';
import { invitationPath, invitationsPath, type InvitationRole } from '../../../contracts/server-api/index.ts';
import type { SecretClipboard } from '../clipboard/secret-clipboard.ts';
import type { AppLinks } from '../links/app-links.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  acceptedInvitationAnswer,
  invitationListAnswer,
  invitationViewAnswer,
  inviteAnswer,
  sentInvitationAnswer,
  type SentInvitationAnswer,
} from '../service/dialects/kisenon.ts';
import type { Vault } from '../vault/vault.ts';
import type { OrgPlace } from './org-service.ts';

interface InvitationServiceDeps extends DeedDeps {
  vault: Vault;
  clipboard: SecretClipboard;
  links: AppLinks;
}

/** Invitations to the organizations of a context's account, and the one whose link was opened. */
export class InvitationService {
  readonly #deps: InvitationServiceDeps;
  /** Links that are to be handed on, by the ids of their invitations: of services that send no mail. */
  readonly #given = new Map<string, string>();

  constructor(deps: InvitationServiceDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#given.clear();
    });
  }

  /** Those that can still be accepted, by address. @throws KeyholdError as `ServiceCalls.ask`. */
  async list({ contextId, org }: OrgPlace): Promise<InvitationSummary[]> {
    const invitations = await this.#deps.service.askAll(
      contextId,
      { path: invitationsPath(org) },
      invitationListAnswer,
      (page) => page.invitations,
    );
    this.#deps.service.seen.note(
      contextId,
      invitations.map(({ id, email }) => [id, email]),
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
  async send(place: OrgPlace, emails: readonly string[], role: InvitationRole): Promise<InviteResult[]> {
    const { contextId, org } = place;
    const request = {
      method: 'POST' as const,
      path: invitationsPath(org),
      body: { emails, role },
      errorCodes: { conflict: 'already_added' as const },
    };
    const asked = this.#deps.service.ask(contextId, request, inviteAnswer);
    const answer = await asked.catch((error: unknown) => {
      if (error instanceof KeyholdError && error.code === 'already_added') return null;
      throw error;
    });
    // A service says so of one address alone, without saying why.
    if (answer === null) return await this.#whyNot(place, emails);
    for (const { email } of answer.invited) {
      noteDeed(this.#deps, 'invitation.sent', contextId, `${org}: ${email}, ${role}`);
    }
    return [
      ...answer.invited.map((each) => this.#sent(each)),
      ...answer.refused.map(({ email, reason }) => ({ email, result: reason, id: null })),
    ];
  }

  async #whyNot(place: OrgPlace, emails: readonly string[]): Promise<InviteResult[]> {
    const invited = new Set((await this.list(place)).map(({ email }) => email.toLowerCase()));
    return emails.map((email) => ({
      email,
      result: invited.has(email.toLowerCase()) ? 'invited' : 'member',
      id: null,
    }));
  }

  /** @throws KeyholdError `invitation_gone`, or as `ServiceCalls.ask`. */
  async resend({ contextId, org }: OrgPlace, id: string): Promise<InviteResult> {
    const request = {
      method: 'POST' as const,
      path: `${invitationsPath(org)}/${id}/resend`,
      errorCodes: { not_found: 'invitation_gone', invitation_ended: 'invitation_gone' } as const,
    };
    const again = await this.#deps.service.ask(contextId, request, sentInvitationAnswer);
    noteDeed(this.#deps, 'invitation.sent', contextId, `${org}: ${again.email}, again`);
    return this.#sent(again);
  }

  /** Copies the link of an invitation that is to be handed on. @throws KeyholdError `secret_gone`. */
  copyLink(id: string): Promise<{ clearsAt: string }> {
    const link = this.#given.get(id);
    if (link === undefined) throw new KeyholdError('secret_gone');
    return this.#deps.clipboard.copy(link);
  }

  /** @throws KeyholdError `invitation_gone`, or as `ServiceCalls.ask`. */
  async revoke({ contextId, org }: OrgPlace, id: string): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: `${invitationsPath(org)}/${id}`,
      errorCodes: { not_found: 'invitation_gone', invitation_ended: 'invitation_gone' },
    });
    noteDeed(
      this.#deps,
      'invitation.revoked',
      contextId,
      `${org}: ${this.#deps.service.seen.of(contextId, id)}`,
    );
  }

  /**
   * What the opened invitation is to.
   *
   * @throws KeyholdError `invitation_gone`, `invitation_ended`, or as `ServiceCalls.ask`.
   */
  async view(contextId: string, linkId: string): Promise<InvitationView> {
    const request = {
      method: 'GET' as const,
      path: invitationPath(this.#tokenFor(contextId, linkId)),
      errorCodes: { not_found: 'invitation_gone', invitation_ended: 'invitation_ended' } as const,
    };
    const seen = await this.#deps.service.ask(contextId, request, invitationViewAnswer);
    return {
      org: seen.org,
      role: seen.role,
      invitedBy: seen.invited_by,
      expiresAt: seen.expires_at,
      forYou: seen.for_you,
    };
  }

  /** Accepts it. @throws KeyholdError `invitation_wrong_account`, or as `view`. */
  async accept(contextId: string, linkId: string): Promise<{ org: string; role: string }> {
    const request = {
      method: 'POST' as const,
      path: `${invitationPath(this.#tokenFor(contextId, linkId))}/accept`,
      errorCodes: {
        not_found: 'invitation_gone',
        invitation_ended: 'invitation_ended',
        invitation_wrong_account: 'invitation_wrong_account',
      } as const,
    };
    const { org, role } = await this.#deps.service.ask(contextId, request, acceptedInvitationAnswer);
    noteDeed(this.#deps, 'invitation.accepted', contextId, `${org}, ${role}`);
    return { org, role };
  }

  #sent({ id, email, sent, link }: SentInvitationAnswer): InviteResult {
    if (link === undefined) return { email, result: sent ? 'sent' : 'unsent', id };
    // A service may answer after a lock.
    this.#deps.vault.requireUnlocked();
    this.#given.set(id, link);
    return { email, result: 'link', id };
  }

  /** The secret goes to the service that the link names, and to no other. */
  #tokenFor(contextId: string, linkId: string): string {
    const token = this.#deps.links.invitationFor(linkId, this.#deps.contexts.get(contextId).origin);
    if (token === null) throw new KeyholdError('invitation_gone');
    return token;
  }
}
