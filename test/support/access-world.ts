import fc from 'fast-check';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { Subject } from '../../reference-server/access/matrix/set-facts.ts';
import { repositoryActions, writeActions } from '../../reference-server/db/grant-columns.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { newAccount } from '../../reference-server/identity/users.ts';
import type { OracleCase, OracleGrant } from './rights-oracle.ts';
import type { TestContext } from './server-context.ts';

const [groups, people, bots] = [3, 5, 2];
const repositories = 4;

/** A small organization by numbers: its groups come first, then its people, then its bots. */
export const accessWorld = fc.record({
  people: fc.array(
    fc.record({
      role: fc.constantFrom<OrgRole | null>('viewer', 'member', 'admin', 'owner', null, null),
      onServer: fc.constantFrom('user', 'user', 'user', 'viewer', 'admin'),
      status: fc.constantFrom('active', 'active', 'active', 'disabled', 'pending'),
      groups: fc.subarray(Array.from({ length: groups }, (_, at) => at)),
    }),
    { minLength: people, maxLength: people },
  ),
  public: fc.subarray(Array.from({ length: repositories }, (_, at) => at)),
  grants: fc.uniqueArray(
    fc.record({
      to: fc.nat(groups + people + bots - 1),
      on: fc.nat(repositories - 1),
      effect: fc.constantFrom('allow', 'allow', 'deny'),
      actions: fc.subarray([...repositoryActions], { minLength: 1 }),
      /** Seconds from now; null for never. */
      ends: fc.constantFrom(null, null, -60, 0, 1, 60, 3600),
    }),
    { selector: ({ to, on, effect }) => `${to} ${on} ${effect}`, maxLength: 25 },
  ),
});
type Drawn = typeof accessWorld extends fc.Arbitrary<infer World> ? World : never;

interface WorldGrant {
  to: string;
  on: string;
  effect: 'allow' | 'deny';
  actions: RepositoryAction[];
  ends: string | null;
}

interface WorldSubject extends Subject {
  reference: string;
  name: string;
}

interface WorldPerson extends WorldSubject {
  role: OrgRole | null;
  onServer: 'admin' | 'user' | 'viewer';
  active: boolean;
  groups: string[];
}

/** Somebody on a repository. */
export interface WorldCell {
  ends: string[];
  caseAt(instant: string): OracleCase;
  /** What is given to them alone, at an instant. */
  direct(instant: string): WorldGrant | null;
}

let made = 0;

/** Such an organization in a database, and what is known of it besides. */
export class AccessWorld {
  readonly #context: TestContext;
  readonly #groups: WorldSubject[];
  readonly #bots: WorldSubject[];
  readonly #public: Set<string>;
  #grants: WorldGrant[] = [];
  readonly people: WorldPerson[];
  readonly names: string[];
  readonly org: { id: string; slug: string };
  /** Id of somebody who has nothing to do with it but that they administer the server. */
  readonly administrator = newId('u');
  readonly repositoryIds: readonly string[];

  private constructor(context: TestContext, drawn: Drawn) {
    const number = String((made += 1));
    const slug = `world-${number}`;
    this.#context = context;
    this.org = { id: newId('o'), slug };
    const named = (kind: 'user' | 'group' | 'bot', prefix: 'u' | 'grp' | 'b') => (_: unknown, at: number) => {
      const id = newId(prefix);
      const name = `${kind}-${number}-${String(at)}`;
      return { kind, id, name, reference: kind === 'bot' ? `bot:${slug}/${name}` : `${kind}:${id}` };
    };
    this.#groups = Array.from({ length: groups }, named('group', 'grp'));
    this.#bots = Array.from({ length: bots }, named('bot', 'b'));
    this.people = drawn.people.map((person, at) => ({
      ...named('user', 'u')(null, at),
      ...{ role: person.role, onServer: person.onServer, active: person.status === 'active' },
      groups: person.groups.map((group) => this.#groups[group]?.id ?? ''),
    }));
    this.names = Array.from({ length: repositories }, (_, at) => `${slug}/r${String(at)}`);
    this.repositoryIds = this.names.map(() => newId('r'));
    this.#public = new Set(drawn.public.map((at) => this.names[at] ?? ''));
  }

  static async in(context: TestContext, drawn: Drawn): Promise<AccessWorld> {
    const world = new AccessWorld(context, drawn);
    await world.#insert(drawn);
    return world;
  }

  /** Those whom the matrix has, in its order. */
  listed(now: string): WorldSubject[] {
    const isThere = ({ id, role }: WorldPerson) =>
      role !== null || this.#grants.some(({ to, ends }) => to === id && (ends === null || ends > now));
    return [...this.#groups, ...this.people.filter(isThere), ...this.#bots];
  }

  cell(subject: WorldSubject, name: string): WorldCell {
    const person = this.people.find(({ id }) => id === subject.id);
    const here = this.#grants.filter(({ on }) => on === name);
    const own = here.filter(({ to }) => to === subject.id);
    const ofGroups = here.filter(({ to }) => person?.groups.includes(to) === true);
    const hasEnded = ({ ends }: WorldGrant, at: string) => ends !== null && ends <= at;
    return {
      ends: [...own, ...ofGroups].flatMap(({ ends }) => ends ?? []),
      caseAt: (at) => ({
        who: person ?? { active: true, role: null, onServer: 'user' },
        repository: this.#public.has(name) ? 'public' : 'private',
        grants: [
          ...own.map((grant): OracleGrant => ({ ...grant, to: 'them', ended: hasEnded(grant, at) })),
          ...ofGroups.map((grant): OracleGrant => ({
            ...grant,
            to: 'their group',
            ended: hasEnded(grant, at),
          })),
        ],
      }),
      direct: (at) => own.find((grant) => grant.effect === 'allow' && !hasEnded(grant, at)) ?? null,
    };
  }

  /** Changes something: nothing, the time, a role, a group, a name, or one repository for another. */
  async change(what: number): Promise<void> {
    const [person] = this.people;
    const [group] = this.#groups;
    const id = person?.id ?? '';
    if (what === 1) this.#context.advance(61);
    if (what < 2) return;
    await this.#context.write({}, async (tx) => {
      if (what === 2) await tx.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute();
      if (what === 3) await tx.deleteFrom('group_members').where('user_id', '=', id).execute();
      if (what === 5) {
        const row = {
          id: newId('r'),
          org_id: this.org.id,
          full_name: `${this.org.slug}/a`,
          public: 0 as const,
        };
        await tx
          .deleteFrom('repositories')
          .where('full_name', '=', this.names[0] ?? '')
          .execute();
        const created_at = this.#context.now().toISOString();
        await tx
          .insertInto('repositories')
          .values({ ...row, created_at })
          .execute();
      }
      if (what === 4) {
        await tx
          .updateTable('groups')
          .set({ name: 'another' })
          .where('id', '=', group?.id ?? '')
          .execute();
        await tx
          .deleteFrom('grants')
          .where('principal_id', '=', group?.id ?? '')
          .execute();
      }
    });
  }

  async #insert(drawn: Drawn): Promise<void> {
    const now = this.#context.now();
    const created_at = now.toISOString();
    const all: WorldSubject[] = [...this.#groups, ...this.people, ...this.#bots];
    const { id: org_id, slug } = this.org;
    this.#grants = drawn.grants.map(({ to, on, ends, ...grant }) => ({
      ...{ ...grant, to: all[to]?.id ?? '', on: this.names[on] ?? '' },
      ends: ends === null ? null : new Date(now.getTime() + ends * 1000).toISOString(),
    }));
    await this.#context.write({}, async (tx) => {
      const principals = [...all, { id: this.administrator, kind: 'user' as const }];
      await tx
        .insertInto('principals')
        .values(principals.map(({ id, kind }) => ({ id, kind })))
        .execute();
      const organization = { id: org_id, slug, display_name: slug, kind: 'team' as const, created_at };
      await tx.insertInto('organizations').values(organization).execute();
      const user = (id: string) => ({
        ...{ ...newAccount, id, username: id, email: `${id}@people.example`, display_name: id, created_at },
      });
      await tx
        .insertInto('users')
        .values([
          ...this.people.map(({ id, name }, at) => ({
            ...{ ...user(id), username: name },
            ...{ status: drawn.people[at]?.status ?? 'active', role: drawn.people[at]?.onServer ?? 'user' },
          })),
          { ...user(this.administrator), status: 'active', role: 'admin' },
        ])
        .execute();
      const memberships = this.people.flatMap(({ id: user_id, role }) =>
        role === null ? [] : [{ org_id, user_id, role, created_at }],
      );
      if (memberships.length > 0) await tx.insertInto('memberships').values(memberships).execute();
      const group = { description: '', source: null, external_id: null, created_by: 'nobody', created_at };
      await tx
        .insertInto('groups')
        .values(this.#groups.map(({ id, name }) => ({ ...group, id, name, org_id })))
        .execute();

      const members = this.people.flatMap((person) =>
        person.groups.map((group_id) => ({ group_id, user_id: person.id, created_at })),
      );
      if (members.length > 0) await tx.insertInto('group_members').values(members).execute();
      const bot = { org_id, created_by: 'nobody', created_at, deleted_at: null };
      await tx
        .insertInto('bots')
        .values(this.#bots.map(({ id, name }) => ({ ...bot, id, name })))
        .execute();
      await tx
        .insertInto('repositories')
        .values(
          this.names.map((full_name, at) => ({
            ...{ id: this.repositoryIds[at] ?? '', org_id, full_name, created_at },
            public: this.#public.has(full_name) ? (1 as const) : (0 as const),
          })),
        )
        .execute();
      const grants = this.#grants.map(({ to, on, effect, actions, ends }) => ({
        ...{ id: newId('g'), principal_id: to, effect, actions: writeActions(actions), expires_at: ends },
        ...{ repository_id: this.repositoryIds[this.names.indexOf(on)] ?? '', created_at },
        ...{ created_by: this.administrator, batch: null },
      }));
      if (grants.length > 0) await tx.insertInto('grants').values(grants).execute();
    });
  }
}
