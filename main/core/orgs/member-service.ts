import type { MemberSummary } from '../../../contracts/ipc/members.ts';
import { membersPath, type OrgRole } from '../../../contracts/server-api/index.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { memberAnswer, memberListAnswer, personOf } from '../service/dialects/kisenon.ts';
import type { OrgPlace } from './org-service.ts';

/** Who belongs to the organizations of a context's account. */
export class MemberService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** All members, by user name. @throws KeyholdError as `ServiceCalls.ask`. */
  async list({ contextId, org }: OrgPlace): Promise<MemberSummary[]> {
    const members = await this.#deps.service.askAll(
      contextId,
      { path: membersPath(org) },
      memberListAnswer,
      (page) => page.members,
    );
    this.#deps.service.seen.note(
      contextId,
      members.map(({ user }) => [user.id, user.username]),
    );
    return members.map(({ user, role, joined_at: joinedAt }) => ({
      ...personOf(user),
      role,
      joinedAt,
    }));
  }

  /** @throws KeyholdError `member_gone`, `last_owner`, or as `ServiceCalls.ask`. */
  async changeRole({ contextId, org }: OrgPlace, userId: string, role: OrgRole): Promise<void> {
    const request = {
      method: 'PATCH' as const,
      path: `${membersPath(org)}/${userId}`,
      body: { role },
      errorCodes: { not_found: 'member_gone', conflict: 'last_owner' } as const,
    };
    await this.#deps.service.ask(contextId, request, memberAnswer);
    noteDeed(
      this.#deps,
      'member.role_changed',
      contextId,
      `${org}: ${this.#deps.service.seen.of(contextId, userId)}, ${role}`,
    );
  }

  /** Removes somebody, which counts at once. @throws KeyholdError as `changeRole`. */
  async remove({ contextId, org }: OrgPlace, userId: string): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: `${membersPath(org)}/${userId}`,
      errorCodes: { not_found: 'member_gone', conflict: 'last_owner' },
    });
    noteDeed(
      this.#deps,
      'member.removed',
      contextId,
      `${org}: ${this.#deps.service.seen.of(contextId, userId)}`,
    );
  }
}
