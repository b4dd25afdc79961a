import type { Acting } from '../../../contracts/domain/acting.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { OrgContents, OrgSummary } from '../../../contracts/ipc/orgs.ts';
import { membersPath, orgContentsSchema, orgPath, orgsPath } from '../../../contracts/server-api/index.ts';
import type { ContextService } from '../contexts/context-service.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { organizationAnswer, organizationListAnswer } from '../service/dialects/kisenon.ts';
import { askActing } from './acting.ts';

interface OrgDeps extends DeedDeps {
  contexts: Pick<ContextService, 'get' | 'list' | 'changes'>;
}

/** An organization of a context's account, by its slug. */
export interface OrgPlace {
  contextId: string;
  org: string;
}

/** The organizations of a context's account, and in which of them the context acts. */
export class OrgService {
  readonly #deps: OrgDeps;

  constructor(deps: OrgDeps) {
    this.#deps = deps;
  }

  /** Who the context is, and in which organization. @throws KeyholdError as `ServiceCalls.ask`. */
  acting(contextId: string): Promise<Acting> {
    return askActing(this.#deps.service, contextId);
  }

  /** All organizations of the account, by slug. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string): Promise<OrgSummary[]> {
    const { contexts, service } = this.#deps;
    const orgs = await service.askAll(
      contextId,
      { path: orgsPath },
      organizationListAnswer,
      (page) => page.orgs,
    );
    const { origin, userId } = contexts.get(contextId);
    const others = contexts
      .list()
      .filter((each) => each.id !== contextId && each.origin === origin && each.userId === userId);
    return orgs.map(({ slug, name, kind, role, created_at: createdAt }) => ({
      slug,
      name,
      kind,
      role,
      createdAt,
      heldBy: others.find(({ org }) => org === slug)?.id ?? null,
    }));
  }

  /** Makes a team organization. @throws KeyholdError `org_slug_taken`, or as `ServiceCalls.ask`. */
  async create(contextId: string, name: string, slug: string | null): Promise<{ slug: string }> {
    const made = await this.#deps.service.ask(
      contextId,
      {
        method: 'POST',
        path: orgsPath,
        body: { name, ...(slug === null ? {} : { slug }) },
        errorCodes: { conflict: 'org_slug_taken' },
      },
      organizationAnswer,
    );
    noteDeed(this.#deps, 'org.created', contextId, made.slug);
    return { slug: made.slug };
  }

  /**
   * Has the context act in another organization of its account from now on.
   *
   * @throws KeyholdError `already_added`, `not_allowed`, `beyond_scope`, or as `ServiceCalls.ask`.
   */
  async switchTo({ contextId, org }: OrgPlace): Promise<void> {
    const known = await this.list(contextId);
    // A key that names an organization which its user is not in would act in none.
    if (!known.some(({ slug }) => slug === org)) throw new KeyholdError('not_allowed');
    await this.#deps.contexts.changes.actIn(contextId, org);
  }

  /** @throws KeyholdError as `ServiceCalls.ask`. */
  async rename({ contextId, org }: OrgPlace, name: string): Promise<void> {
    const request = { method: 'PATCH' as const, path: orgPath(org), body: { name } };
    await this.#deps.service.ask(contextId, request, organizationAnswer);
    noteDeed(this.#deps, 'org.renamed', contextId, `${org}: ${name}`);
  }

  /** What is lost with it. @throws KeyholdError as `ServiceCalls.ask`. */
  async contents({ contextId, org }: OrgPlace): Promise<OrgContents> {
    const request = { method: 'GET' as const, path: `${orgPath(org)}/contents` };
    const { api_keys: apiKeys, ...others } = await this.#deps.service.ask(
      contextId,
      request,
      orgContentsSchema,
    );
    return { ...others, apiKeys };
  }

  /** Makes a member an owner, and the user an admin. @throws KeyholdError `member_gone`, or as `ServiceCalls.ask`. */
  async transfer({ contextId, org }: OrgPlace, userId: string): Promise<void> {
    const request = {
      method: 'POST' as const,
      path: `${orgPath(org)}/transfer`,
      body: { user_id: userId },
      errorCodes: { not_found: 'member_gone' as const },
    };
    await this.#deps.service.ask(contextId, request, organizationAnswer);
    noteDeed(
      this.#deps,
      'org.transferred',
      contextId,
      `${org}, to ${this.#deps.service.seen.of(contextId, userId)}`,
    );
  }

  /** @throws KeyholdError `last_owner`, or as `ServiceCalls.ask`. */
  async leave({ contextId, org }: OrgPlace): Promise<void> {
    const { service, contexts } = this.#deps;
    await service.tell(contextId, {
      method: 'DELETE',
      path: `${membersPath(org)}/${contexts.get(contextId).userId}`,
      errorCodes: { conflict: 'last_owner' },
    });
    noteDeed(this.#deps, 'org.left', contextId, org);
    await this.#goElsewhere({ contextId, org });
  }

  /** Deletes it with all that is in it. @throws KeyholdError as `ServiceCalls.ask`. */
  async remove({ contextId, org }: OrgPlace): Promise<void> {
    await this.#deps.service.tell(contextId, { method: 'DELETE', path: orgPath(org) });
    noteDeed(this.#deps, 'org.removed', contextId, org);
    await this.#goElsewhere({ contextId, org });
  }

  /**
   * A context whose organization is gone goes on in another one of its account: its personal one, if no other context is
   * there. Where that fails it is in none, until its person chooses.
   */
  async #goElsewhere({ contextId, org }: OrgPlace): Promise<void> {
    const { contexts } = this.#deps;
    if (contexts.get(contextId).org !== org) return;
    try {
      const free = (await this.list(contextId)).filter(({ heldBy }) => heldBy === null);
      const next = free.find(({ kind }) => kind === 'personal') ?? free[0];
      if (next !== undefined) await contexts.changes.actIn(contextId, next.slug);
    } catch (error) {
      if (!(error instanceof KeyholdError)) throw error;
    }
  }
}
