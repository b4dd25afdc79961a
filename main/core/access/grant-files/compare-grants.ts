import { z } from 'zod';
import { printable } from '../../../../contracts/domain/printable.ts';
import type { PreparedChange } from '../../../../contracts/ipc/access.ts';
import { fileProblemsMax, type GrantFileProblem } from '../../../../contracts/ipc/access-files.ts';
import { repositoryActionSchema, type RepositoryAction } from '../../../../contracts/server-api/index.ts';
import { PrincipalNames, type NamedPrincipal } from './principal-names.ts';
import type { FileEntry, ReadFile } from './read-grant-file.ts';

/** A grant that there is. */
export interface ThereGrant {
  repository: string;
  reference: string;
  actions: readonly RepositoryAction[];
  until: string | null;
}

/** What there is in an organization, as far as the user administers it. */
export interface There {
  organization: string;
  principals: readonly NamedPrincipal[];
  repositories: readonly string[];
  grants: readonly ThereGrant[];
}

interface Comparison {
  grants: number;
  unchanged: number;
  changes: PreparedChange[];
  missing: PreparedChange[];
  problems: { total: number; first: GrantFileProblem[] };
}

/** What is told of what is wrong with an entry. */
const textMax = 300;
const knownActions: ReadonlySet<string> = new Set(repositoryActionSchema.options);
const instant = z.iso.datetime({ offset: true });

/** What a file would change. Of entries that name the same, the first counts. */
export function compareGrants(file: ReadFile, there: There, now: Date): Comparison {
  return new Comparing(file, there, now).all();
}

class Comparing {
  readonly #file: ReadFile;
  readonly #there: There;
  readonly #now: Date;
  readonly #names: PrincipalNames;
  readonly #repositories: ReadonlySet<string>;
  readonly #given: ReadonlyMap<string, ThereGrant>;
  /** Repositories and cells that the file names, whether or not what it says of them can be used. */
  readonly #namedRepositories = new Set<string>();
  readonly #namedCells = new Set<string>();
  readonly #changes: PreparedChange[] = [];
  readonly #problems = { total: 0, first: [] as GrantFileProblem[] };
  #unchanged = 0;

  constructor(file: ReadFile, there: There, now: Date) {
    [this.#file, this.#there, this.#now] = [file, there, now];
    this.#names = new PrincipalNames(there.principals, file.form);
    this.#repositories = new Set(there.repositories);
    this.#given = new Map(there.grants.map((grant) => [cellOf(grant.repository, grant.reference), grant]));
  }

  all(): Comparison {
    for (const { at, entry } of this.#file.entries) {
      const problem = 'unreadable' in entry ? (['unreadable', entry.unreadable] as const) : this.#take(entry);
      if (problem === null) continue;
      this.#problems.total += 1;
      const [code, text] = problem;
      if (this.#problems.first.length < fileProblemsMax) {
        this.#problems.first.push({ at, code, text: printable(text, textMax) });
      }
    }
    return {
      ...{ grants: this.#file.entries.length, unchanged: this.#unchanged, changes: this.#changes },
      ...{ missing: this.#missing(), problems: this.#problems },
    };
  }

  /** Takes an entry in. @returns What is wrong with it; null for nothing. */
  #take(entry: FileEntry): readonly [GrantFileProblem['code'], string] | null {
    const { repository, principal, actions, until } = entry;
    const { organization } = this.#there;
    const isElsewhere = (this.#file.organization ?? organization) !== organization;
    if (isElsewhere || !repository.startsWith(`${organization}/`)) return ['other_organization', repository];
    if (!this.#repositories.has(repository)) return ['no_repository', repository];
    this.#namedRepositories.add(repository);
    const meant = this.#names.meantBy(principal);
    const cells = meant.map((reference) => cellOf(repository, reference));
    const isNamed = cells.some((cell) => this.#namedCells.has(cell));
    for (const cell of cells) this.#namedCells.add(cell);
    const [reference, ...others] = meant;
    if (reference === undefined || others.length > 0) return ['nobody', principal];
    const unknown = actions.find((action) => !knownActions.has(action));
    if (unknown !== undefined) return ['unknown_action', unknown];
    if (until !== null && !instant.safeParse(until).success) return ['unreadable', until];
    const expiresAt = until === null ? null : new Date(until).toISOString();
    if (expiresAt !== null && Date.parse(expiresAt) <= this.#now.getTime()) {
      return ['end_passed', until ?? ''];
    }
    if (isNamed) return ['named_twice', `${repository} ${principal}`];
    const shall = { principal: reference, repository, actions: inOrder(actions), expiresAt };
    if (isAsIs(shall, this.#given.get(cellOf(repository, reference)))) this.#unchanged += 1;
    else this.#changes.push(shall);
    return null;
  }

  #missing(): PreparedChange[] {
    const missing: PreparedChange[] = [];
    for (const [cell, { repository, reference }] of this.#given) {
      if (!this.#namedRepositories.has(repository) || this.#namedCells.has(cell)) continue;
      missing.push({ principal: reference, repository, actions: [], expiresAt: null });
    }
    return missing;
  }
}

/** No repository has a space in its name. */
function cellOf(repository: string, reference: string): string {
  return `${repository} ${reference}`;
}

function inOrder(actions: readonly string[]): RepositoryAction[] {
  return repositoryActionSchema.options.filter((action) => actions.includes(action));
}

function isAsIs({ actions, expiresAt }: PreparedChange, there: ThereGrant | undefined): boolean {
  if (there === undefined) return false;
  const [end, shall] = [there.until, expiresAt].map((until) => (until === null ? null : Date.parse(until)));
  return end === shall && inEffect(actions) === inEffect(there.actions);
}

/** `admin` stands for all. */
function inEffect(actions: readonly RepositoryAction[]): string {
  return actions.includes('admin') ? 'all' : inOrder(actions).join();
}
