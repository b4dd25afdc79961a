import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { writeActions } from '../../reference-server/db/grant-columns.ts';
import type { GrantTable } from '../../reference-server/db/schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import type { ServerContext } from '../../reference-server/context.ts';

/** What stands in an organization of a test without having been asked for by the API. */
export class AccessTeam {
  readonly #context: ServerContext;
  readonly org: { id: string; slug: string };

  constructor(context: ServerContext, org: { id: string; slug: string }) {
    [this.#context, this.org] = [context, org];
  }

  /** Makes repositories; those with `public` in their name are. @returns their ids, by name without the organization */
  async repositories<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
    const rows = names.map((name) => ({
      ...{ id: newId('r'), org_id: this.org.id, full_name: `${this.org.slug}/${name}` },
      ...{ public: name.includes('public') ? (1 as const) : (0 as const), created_at: this.#now() },
    }));
    await this.#context.write({}, (tx) => tx.insertInto('repositories').values(rows).execute());
    return Object.fromEntries(names.map((name, at) => [name, rows[at]?.id ?? ''])) as Record<Name, string>;
  }

  /** Makes a group of users. @returns its id */
  async group(name: string, ...members: string[]): Promise<string> {
    const id = newId('grp');
    await this.#context.write({}, async (tx) => {
      await tx.insertInto('principals').values({ id, kind: 'group' }).execute();
      const row = { id, org_id: this.org.id, name, description: '', source: null, external_id: null };
      await tx
        .insertInto('groups')
        .values({ ...row, created_by: 'nobody', created_at: this.#now() })
        .execute();
      for (const user_id of members) {
        await tx
          .insertInto('group_members')
          .values({ group_id: id, user_id, created_at: this.#now() })
          .execute();
      }
    });
    return id;
  }

  /** Makes a bot. @returns its id */
  async bot(name: string): Promise<string> {
    const id = newId('b');
    await this.#context.write({}, async (tx) => {
      await tx.insertInto('principals').values({ id, kind: 'bot' }).execute();
      const row = { id, org_id: this.org.id, name, created_by: 'nobody', deleted_at: null };
      await tx
        .insertInto('bots')
        .values({ ...row, created_at: this.#now() })
        .execute();
    });
    return id;
  }

  /** What somebody has on a repository of their own: actions and end; null for nothing. */
  async granted(repositoryId: string, principalId: string): Promise<[string, string | null] | null> {
    const row = await this.#context.db
      .selectFrom('grants')
      .select(['actions', 'expires_at'])
      .where('repository_id', '=', repositoryId)
      .where('principal_id', '=', principalId)
      .where('effect', '=', 'allow')
      .executeTakeFirst();
    return row === undefined ? null : [row.actions, row.expires_at];
  }

  /** Puts a grant there, whose making nobody hears of. @returns its id */
  async grant(
    repository_id: string,
    principal_id: string,
    actions: readonly RepositoryAction[],
    more: Partial<GrantTable> = {},
  ): Promise<string> {
    const id = newId('g');
    const row: GrantTable = {
      ...{ id, repository_id, principal_id, actions: writeActions(actions), effect: 'allow', batch: null },
      ...{ created_by: 'nobody', created_at: this.#now(), expires_at: null },
      ...more,
    };
    await this.#context.write({}, (tx) => tx.insertInto('grants').values(row).execute());
    return id;
  }

  #now(): string {
    return this.#context.now().toISOString();
  }
}
