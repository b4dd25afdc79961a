import { ResultCodeError } from 'ldapts';
import type { Client } from 'ldapts';
import { randomUUID } from 'node:crypto';
import type { LdapSettings } from '../../config/ldap.ts';
import type { Directory, DirectoryPerson, DirectorySnapshot, ExternalGroup } from '../../context.ts';
import { askDirectory } from './connection.ts';
import { DirectoryProblem, problemOf } from './problems.ts';
import { bindReader, findAgain, findPerson, readGroups, readPeople, tryQueries } from './queries.ts';

/** How long a directory has, milliseconds. */
interface Patience {
  /** For one sign-in, and for what is read beside it. */
  signIn: number;
  /** For each answer of a sync, which may take half an hour. */
  sync: number;
}
const usualPatience: Patience = { signIn: 5000, sync: 30_000 };
const longestSyncMilliseconds = 30 * 60_000;

/** How much a sync reads, bytes: a hundred thousand people have a third of that. */
const largestSync = 64 * 1024 * 1024;

/** How long it is left alone after it could not be reached: sign-ins of one network wait for each other. */
const restMilliseconds = 30_000;

/** A directory that people sign in with: they are looked up, then their password is tried. */
export class LdapDirectory implements Directory {
  readonly #settings: LdapSettings;
  readonly #patience: Patience;
  #resting: { until: number; problem: DirectoryProblem } | null = null;

  constructor(settings: LdapSettings, patience = usualPatience) {
    this.#settings = settings;
    this.#patience = patience;
  }

  /** Names it wherever identities are kept: another address or TLS does not make another directory of it. */
  get issuer(): string {
    return `ldap:${this.#settings.baseDn.toLowerCase()}`;
  }

  /**
   * The person whom a user name and password belong to; null for a wrong password and for nobody, after the same work.
   *
   * @throws DirectoryProblem when the directory cannot be asked.
   */
  async personOf(username: string, password: string): Promise<DirectoryPerson | null> {
    // Directories take a sign-in without a password for one of nobody in particular, and some read texts up to a zero.
    if (password === '' || password.includes('\0')) return this.pretend();
    return this.#ask(async (client) => {
      await bindReader(client, this.#settings);
      const person = await findPerson(client, this.#settings, username);
      const dn = person?.dn ?? `cn=${randomUUID()},${this.#settings.baseDn}`;
      const isRight = await mayBind(client, dn, person === null ? randomUUID() : password);
      return isRight ? person : null;
    });
  }

  /** Asks as much as `personOf`, for a name and a password that nobody has. */
  async pretend(): Promise<null> {
    await this.personOf(randomUUID(), randomUUID());
    return null;
  }

  /**
   * The groups that somebody is in; null where no groups are read.
   *
   * @throws DirectoryProblem when they cannot be read, which says nothing about sign-in.
   */
  async groupsOf(person: DirectoryPerson): Promise<ExternalGroup[] | null> {
    if (this.#settings.groups === null) return null;
    return this.#read(this.#patience.signIn, async (client) => readGroups(client, this.#settings, person));
  }

  /**
   * Who of some people is still there, with all of their groups.
   *
   * @param subjects - Of the people, as `personOf` gave them.
   * @param signal - Ends it.
   * @throws DirectoryProblem when the directory does not answer everything.
   */
  async snapshot(subjects: readonly string[], signal: AbortSignal): Promise<DirectorySnapshot> {
    const settings = this.#settings;
    const work = async (client: Client): Promise<DirectorySnapshot> => {
      const people = await readPeople(client, settings);
      const hasIds = [...people.keys()].some((subject) => subject.startsWith('id:'));
      if (!hasIds && subjects.some((subject) => subject.startsWith('id:'))) {
        throw new DirectoryProblem('has stopped to show entryUUID and objectGUID: let the bind DN see them');
      }
      const members = new Map<string, ExternalGroup[]>();
      for (const subject of subjects) {
        const person = people.get(subject) ?? (await findAgain(client, settings, subject));
        if (person !== null) members.set(subject, await readGroups(client, settings, person));
      }
      return { people: people.size, members };
    };
    const silence = this.#patience.sync;
    return this.#read(longestSyncMilliseconds, work, { bytes: largestSync, silence, signal });
  }

  /** Looks whether it can be read. @throws DirectoryProblem with what is in the way */
  async probe(): Promise<void> {
    await this.#read(this.#patience.signIn, async (client) => tryQueries(client, this.#settings));
  }

  async #read<T>(
    milliseconds: number,
    work: (client: Client) => Promise<T>,
    limits?: Parameters<typeof askDirectory>[3],
  ): Promise<T> {
    const asReader = async (client: Client): Promise<T> => {
      await bindReader(client, this.#settings);
      return work(client);
    };
    try {
      return await askDirectory(this.#settings, milliseconds, asReader, limits);
    } catch (error) {
      throw problemOf(error);
    }
  }

  async #ask<T>(work: (client: Client) => Promise<T>): Promise<T> {
    if (this.#resting !== null && performance.now() < this.#resting.until) throw this.#resting.problem;
    try {
      const answer = await askDirectory(this.#settings, this.#patience.signIn, work);
      this.#resting = null;
      return answer;
    } catch (error) {
      const problem = problemOf(error);
      const isThere = error instanceof ResultCodeError;
      this.#resting = isThere ? null : { until: performance.now() + restMilliseconds, problem };
      throw problem;
    }
  }
}

/** Whether the directory takes a password; it may refuse for other reasons, such as an account that is locked. */
async function mayBind(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof ResultCodeError) return false;
    throw error;
  }
}
