import type { z } from 'zod';
import {
  clientNames,
  perClient,
  type PerClient,
  type RegistryClient,
} from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type {
  ClientSetUp,
  Registry,
  SetUpPreview,
  registriesCalls,
} from '../../../contracts/ipc/registries.ts';
import type { SetUpLeft } from '../../../contracts/ipc/sign-out.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Cancel, Clock, Listener, Logger, Random, TextFiles } from '../ports.ts';
import { Turns } from '../lib/turns.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import { addHelper } from './auth-file.ts';
import { AuthFileStore, sayingWhose } from './auth-file-store.ts';
import { previewChange } from './auth-file-preview.ts';
import { namedIn, readAsClient, readingOf } from './client-reading.ts';
import { HelperInstaller } from './helper-installer.ts';
import type { HelperState } from './helper-installer.ts';
import { readRegistryUses } from '../contexts/registry-uses.ts';
import { planSetUp, planUndo } from './set-up-plan.ts';
import type { SetUp } from './set-up-plan.ts';
import { SetUpRecords } from './set-up-records.ts';
import type { SetUpPlace, SetUpRecord } from './set-up-records.ts';

interface RegistryServiceDeps {
  vault: Vault;
  contexts: ContextService;
  files: TextFiles;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
  environment: {
    clientFiles: PerClient<string>;
    /** From `helperPath`. */
    helperPath: string;
    /** Path of the script that the app was packaged with. */
    helperScript: string;
    /** The program that the script starts where Perl and curl are missing. */
    appExecutable: string;
    /** The PATH that the app was started with. */
    path: string;
  };
}

type UndoAnswer = z.output<typeof registriesCalls.undo.response>;

/** What a client's file says of a registry. Whether that works, the Doctor adds. */
export type ClientEntry = Omit<ClientSetUp, 'trouble'>;

export interface RegistryEntries extends Omit<Registry, 'clients'> {
  clients: PerClient<ClientEntry>;
}

export interface RegistryOverview {
  registries: RegistryEntries[];
  helper: HelperState;
  files: PerClient<string>;
}

/** Tells Podman, Skopeo, Buildah and Docker to ask Keyhold for the sign-in of a context's registry, and undoes it. */
export class RegistryService {
  readonly #deps: RegistryServiceDeps;
  readonly #authFiles: AuthFileStore;
  readonly #records: SetUpRecords;
  readonly #helper: HelperInstaller;
  readonly #listeners: Listeners;
  readonly #turns = new Turns(1);

  constructor(deps: RegistryServiceDeps) {
    this.#deps = deps;
    this.#authFiles = new AuthFileStore(deps.files);
    this.#records = new SetUpRecords(deps.vault);
    this.#helper = new HelperInstaller({ files: deps.files, ...deps.environment });
    this.#listeners = new Listeners(deps.logger);
  }

  /** The registries of all contexts that have one, and what is set up for them. */
  async list(): Promise<RegistryOverview> {
    const { clientFiles: files } = this.#deps.environment;
    const contexts = this.#deps.contexts.list().filter((context) => context.hasRegistry);
    const stateOf = {
      podman: await this.#states('podman'),
      docker: await this.#states('docker'),
    };
    const choices = this.#deps.contexts.accounts.choices();
    const uses = readRegistryUses(this.#deps.vault.sql());
    const registries = contexts.map(({ id, name, host }) => ({
      contextId: id,
      contextName: name,
      host,
      answers: answersOf(choices.get(host) ?? null, id),
      clients: perClient((client) => stateOf[client](host)),
      lastUse: choices.get(host) === id ? (uses.get(host) ?? null) : null,
    }));
    return { registries, helper: await this.#helper.state(), files };
  }

  /**
   * The change that `setUp` would make, with the file's passwords masked.
   *
   * @throws KeyholdError `context_not_found`, `no_registry`, `auth_file_invalid`, `auth_file_entry_foreign`,
   *   `storage_failed`
   */
  async preview(contextId: string, client: RegistryClient): Promise<SetUpPreview> {
    const { host } = this.#withRegistry(contextId);
    const file = this.#deps.environment.clientFiles[client];
    const before = await sayingWhose(client, () => this.#readToSetUp(client, file));
    const after = await sayingWhose(client, () => addHelper(before, host));
    return {
      file,
      fileExists: before !== null,
      unchanged: after === before,
      lines: previewChange(before, after),
      helper: await this.#helper.state(),
    };
  }

  /**
   * Installs the helper and names it in a client's file for the context's registry. The file is copied once,
   * before Keyhold changes it for the first time. Nothing is changed when any of it cannot be done.
   *
   * @throws KeyholdError as `preview`, `auth_file_not_written`, `vault_locked`
   */
  setUp(contextId: string, client: RegistryClient): Promise<void> {
    return this.#inTurn(client, async () => {
      const { id, name, host } = this.#withRegistry(contextId);
      const file = this.#deps.environment.clientFiles[client];
      const records = this.#records.ofFile(file);
      const known = records.find((record) => record.host === host);
      const current = await this.#readToSetUp(client, file);
      if (known && namedIn(client, readingOf(client, current), host) === 'keyhold') {
        await this.#helper.install();
      } else {
        const others = records.filter((record) => record !== known);
        planSetUp(current, host, others);
        // First the helper: a file that names one which is not there breaks pulls of public images, too.
        await this.#helper.install();
        // Another program may have written the file meanwhile.
        const latest = await this.#readToSetUp(client, file);
        const plan = planSetUp(latest, host, others);
        this.#records.replaceOfFile(file, [
          ...plan.others,
          this.#newRecord(plan.setUp, { contextId: id, client, file }),
        ]);
        await this.#changeOrTakeBack(file, latest, plan.text, records);
        const detail = detailOf({ host, client });
        this.#deps.activity.append({ kind: 'registry.set_up', contextName: name, detail });
      }
      this.#listeners.tell();
    });
  }

  /**
   * Takes a registry's set-up for a client back.
   *
   * @throws KeyholdError `context_not_found`, `no_registry`, `nothing_to_undo`, `auth_file_invalid`,
   *   `auth_file_not_written`, `storage_failed`, `vault_locked`
   */
  undo(contextId: string, client: RegistryClient): Promise<UndoAnswer> {
    return this.#inTurn(client, async () => {
      const { host } = this.#withRegistry(contextId);
      const place = this.#placesOf(client).find((known) => known.host === host);
      if (!place) throw new KeyholdError('nothing_to_undo');
      return { restored: await this.#undo(place) };
    });
  }

  /**
   * Undoes the set-ups of a context that is about to be removed or signed out, as far as that can be done. A
   * registry that another context also signs in to stays set up. What could not be undone stays on record.
   *
   * @param leaving - Contexts that are being removed or signed out with it: none of them takes a set-up over.
   * @returns what became of them, for each client
   */
  forget(contextId: string, leaving: readonly string[] = []): Promise<PerClient<SetUpLeft>> {
    return this.#inTurn(null, async () => {
      const left = perClient((): SetUpLeft => 'none');
      for (const place of this.#records.places().filter((known) => known.contextId === contextId)) {
        const outcome = await this.#forget(place, leaving);
        if (left[place.client] !== 'failed') left[place.client] = outcome;
      }
      return left;
    });
  }

  /**
   * Brings the helper on PATH up to date at the start of the app, once a registry has been set up: the program's
   * own path may have changed since.
   *
   * @throws KeyholdError `storage_failed`
   */
  refreshHelper(): Promise<void> {
    return this.#inTurn(null, async () => {
      const { state } = this.#deps.vault.status();
      const readable = state === 'locked' || state === 'unlocked';
      if (!readable || this.#records.places().length === 0) return;
      await this.#helper.install();
      this.#listeners.tell();
    });
  }

  /**
   * Puts the helper on PATH, or mends the one that is there.
   *
   * @throws KeyholdError `storage_failed`
   */
  installHelper(): Promise<void> {
    return this.#inTurn(null, async () => {
      await this.#helper.install();
      this.#listeners.tell();
    });
  }

  /** Tells when a set-up or the helper changed. */
  onChange(listener: Listener): Cancel {
    return this.#listeners.add(listener);
  }

  async #forget(place: SetUpPlace, leaving: readonly string[]): Promise<SetUpLeft> {
    const heir = this.#deps.contexts.accounts.otherActive(place.host, [place.contextId, ...leaving]);
    try {
      if (heir !== null) this.#records.handOver(place.id, heir);
      else await this.#undo(place);
      return heir === null ? 'undone' : 'kept';
    } catch (error) {
      this.#deps.logger.error('registry.forget_failed', error);
      return 'failed';
    }
  }

  async #undo(place: SetUpPlace): Promise<UndoAnswer['restored']> {
    const file = this.#deps.environment.clientFiles[place.client];
    // What is written or deleted is the client's own file, and never one that only a row names.
    if (place.file !== file) throw new KeyholdError('nothing_to_undo');
    const records = this.#records.ofFile(file);
    const record = records.find((known) => known.id === place.id);
    if (!record) throw new KeyholdError('nothing_to_undo');
    const current = await this.#authFiles.read(file);
    const others = records.filter((known) => known !== record);
    const plan = planUndo(current, record, others);
    await this.#authFiles.restore(file, current, plan.text);
    this.#records.replaceOfFile(file, plan.others);
    const { name } = this.#deps.contexts.get(record.contextId);
    this.#deps.activity.append({ kind: 'registry.undone', contextName: name, detail: detailOf(record) });
    this.#listeners.tell();
    return plan.restored;
  }

  #newRecord(setUp: SetUp, place: Pick<SetUpPlace, 'contextId' | 'client' | 'file'>): SetUpRecord {
    const { random, clock } = this.#deps;
    return { ...setUp, ...place, id: random.uuid(), createdAt: clock.now().toISOString() };
  }

  /**
   * Writes the auth file after its records: a record of a set-up that never came to be does no harm, while an
   * entry without one could not be undone to the byte.
   */
  async #changeOrTakeBack(
    file: string,
    current: string | null,
    text: string,
    recordsBefore: readonly SetUpRecord[],
  ): Promise<void> {
    try {
      await this.#authFiles.change(file, current, text);
    } catch (error) {
      this.#records.replaceOfFile(file, recordsBefore);
      throw error;
    }
  }

  /** The set-ups in the file that the client reads now. */
  #placesOf(client: RegistryClient): SetUpPlace[] {
    const file = this.#deps.environment.clientFiles[client];
    return this.#records.places().filter((place) => place.client === client && place.file === file);
  }

  async #states(client: RegistryClient): Promise<(host: string) => ClientEntry> {
    const setUp = new Set(this.#placesOf(client).map(({ host }) => host));
    const reading = await readAsClient(this.#deps.files, client, this.#deps.environment.clientFiles[client]);
    return (host) => ({
      entry: namedIn(client, reading, host),
      fault: reading.fault,
      canUndo: setUp.has(host),
    });
  }

  /** The file's text. One at which Podman would stop, with an entry as without, is left alone. */
  async #readToSetUp(client: RegistryClient, file: string): Promise<string | null> {
    const text = await this.#authFiles.read(file);
    const { fault } = readingOf(client, text);
    if (client === 'podman' && fault !== null && fault !== 'empty') {
      throw new KeyholdError('auth_file_invalid', { fault });
    }
    return text;
  }

  #withRegistry(contextId: string): StoredContext {
    const context = this.#deps.contexts.get(contextId);
    if (!context.hasRegistry) throw new KeyholdError('no_registry');
    return context;
  }

  /**
   * One change at a time: each reads the file, plans, and writes it.
   *
   * @param client - Whose file an error is about; null where it is about none, or several
   */
  #inTurn<T>(client: RegistryClient | null, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(() => (client === null ? work() : sayingWhose(client, work)));
  }
}

function answersOf(chosen: string | null, id: string): Registry['answers'] {
  if (chosen === null) return 'nobody';
  return chosen === id ? 'this' : 'other';
}

/** For the activity log. */
function detailOf({ host, client }: Pick<SetUpPlace, 'host' | 'client'>): string {
  return `${host} for ${clientNames[client]}`;
}
