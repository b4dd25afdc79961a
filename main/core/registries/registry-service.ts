import type { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Registry, SetUpPreview, registriesCalls } from '../../../contracts/ipc/registries.ts';
import type { PodmanLeft } from '../../../contracts/ipc/sign-out.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Cancel, Clock, Listener, Logger, Random, TextFiles } from '../ports.ts';
import { Listeners } from '../vault/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import { addHelper, namedHelper, namedHelpers } from './auth-file.ts';
import { AuthFileStore } from './auth-file-store.ts';
import { previewChange } from './auth-file-preview.ts';
import { HelperInstaller } from './helper-installer.ts';
import type { HelperState } from './helper-installer.ts';
import { readRegistryUses } from './registry-uses.ts';
import { planSetUp, planUndo } from './set-up-plan.ts';
import type { SetUp } from './set-up-plan.ts';
import { SetUpRecords } from './set-up-records.ts';
import type { SetUpPlace, SetUpRecord } from './set-up-records.ts';

export interface RegistryServiceDeps {
  vault: Vault;
  contexts: ContextService;
  files: TextFiles;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
  environment: {
    /** From `podmanAuthFile`. */
    podmanAuthFile: string;
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

export interface RegistryOverview {
  registries: Registry[];
  helper: HelperState;
  podmanFile: string;
}

/** Tells Podman, Skopeo and Buildah to ask Keyhold for the sign-in of a context's registry, and undoes it. */
export class RegistryService {
  readonly #deps: RegistryServiceDeps;
  readonly #authFiles: AuthFileStore;
  readonly #records: SetUpRecords;
  readonly #helper: HelperInstaller;
  readonly #listeners: Listeners<undefined>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: RegistryServiceDeps) {
    this.#deps = deps;
    this.#authFiles = new AuthFileStore(deps.files);
    this.#records = new SetUpRecords(deps.vault);
    this.#helper = new HelperInstaller({ files: deps.files, ...deps.environment });
    this.#listeners = new Listeners(deps.logger);
  }

  /** The registries of all contexts that have one, and what is set up for them. */
  async list(): Promise<RegistryOverview> {
    const { podmanAuthFile } = this.#deps.environment;
    const places = this.#records.places().filter((place) => place.file === podmanAuthFile);
    const contexts = this.#deps.contexts.list().filter((context) => context.hasRegistry);
    const podman = await this.#namedHelpers(contexts.map((context) => context.host));
    const answering = new Set(this.#deps.contexts.answering().map(({ id }) => id));
    const uses = readRegistryUses(this.#deps.vault.sql());
    const setUp = new Set(places.map(({ host }) => host));
    const registries = contexts.map(({ id, name, host }) => ({
      contextId: id,
      contextName: name,
      host,
      answers: answering.has(id),
      podman: podman(host),
      canUndo: setUp.has(host),
      lastUse: answering.has(id) ? (uses.get(host) ?? null) : null,
    }));
    return { registries, helper: await this.#helper.state(), podmanFile: podmanAuthFile };
  }

  /**
   * The change that `setUp` would make, with the file's passwords masked.
   *
   * @throws KeyholdError `context_not_found`, `no_registry`, `auth_file_invalid`, `auth_file_entry_foreign`,
   *   `storage_failed`
   */
  async preview(contextId: string): Promise<SetUpPreview> {
    const { host } = this.#withRegistry(contextId);
    const file = this.#deps.environment.podmanAuthFile;
    const before = await this.#authFiles.read(file);
    const after = addHelper(before, host);
    return {
      file,
      fileExists: before !== null,
      unchanged: after === before,
      lines: previewChange(before, after),
      helper: await this.#helper.state(),
    };
  }

  /**
   * Installs the helper and names it in Podman's auth file for the context's registry. The file is copied once,
   * before Keyhold changes it for the first time. Nothing is changed when any of it cannot be done.
   *
   * @throws KeyholdError as `preview`, `vault_locked`
   */
  setUp(contextId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { id, name, host } = this.#withRegistry(contextId);
      const file = this.#deps.environment.podmanAuthFile;
      const records = this.#records.ofFile(file);
      const known = records.find((record) => record.host === host);
      const current = await this.#authFiles.read(file);
      if (known && namedHelper(current, host) === 'keyhold') {
        await this.#helper.install();
      } else {
        const others = records.filter((record) => record !== known);
        const plan = planSetUp(current, host, others);
        // First the helper: a file that names one which is not there breaks pulls of public images, too.
        await this.#helper.install();
        this.#records.replaceOfFile(file, [...plan.others, this.#newRecord(plan.setUp, id, file)]);
        await this.#changeOrTakeBack(file, current, plan.text, records);
        this.#deps.activity.append({ kind: 'registry.set_up', contextName: name, detail: host });
      }
      this.#listeners.tell(undefined);
    });
  }

  /**
   * Takes a registry's set-up back.
   *
   * @throws KeyholdError `context_not_found`, `no_registry`, `nothing_to_undo`, `auth_file_invalid`,
   *   `storage_failed`, `vault_locked`
   */
  undo(contextId: string): Promise<UndoAnswer> {
    return this.#inTurn(async () => {
      const { host } = this.#withRegistry(contextId);
      const file = this.#deps.environment.podmanAuthFile;
      const place = this.#records.places().find((known) => known.host === host && known.file === file);
      if (!place) throw new KeyholdError('nothing_to_undo');
      return { restored: await this.#undo(place) };
    });
  }

  /**
   * Undoes the set-ups of a context that is about to be removed or signed out, as far as that can be done. A
   * registry that another context also signs in to stays set up. What could not be undone stays on record.
   */
  forget(contextId: string): Promise<PodmanLeft> {
    return this.#inTurn(async () => {
      let left: PodmanLeft = 'none';
      for (const place of this.#records.places().filter((known) => known.contextId === contextId)) {
        const heir = this.#deps.contexts.byHost(place.host, contextId);
        try {
          if (heir) this.#records.handOver(place.id, heir.id);
          else await this.#undo(place);
          if (left !== 'failed') left = heir ? 'kept' : 'undone';
        } catch (error) {
          this.#deps.logger.error('registry.forget_failed', error);
          left = 'failed';
        }
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
    return this.#inTurn(async () => {
      const { state } = this.#deps.vault.status();
      const readable = state === 'locked' || state === 'unlocked';
      if (!readable || this.#records.places().length === 0) return;
      await this.#helper.install();
      this.#listeners.tell(undefined);
    });
  }

  /** Tells when a set-up or the helper changed. */
  onChange(listener: Listener): Cancel {
    return this.#listeners.add(listener);
  }

  async #undo(place: SetUpPlace): Promise<UndoAnswer['restored']> {
    const { file } = place;
    const records = this.#records.ofFile(file);
    const record = records.find((known) => known.id === place.id);
    if (!record) throw new KeyholdError('nothing_to_undo');
    const current = await this.#authFiles.read(file);
    const others = records.filter((known) => known !== record);
    const plan = planUndo(current, record, others);
    await this.#authFiles.restore(file, current, plan.text);
    this.#records.replaceOfFile(file, plan.others);
    const { name } = this.#deps.contexts.get(record.contextId);
    this.#deps.activity.append({ kind: 'registry.undone', contextName: name, detail: record.host });
    this.#listeners.tell(undefined);
    return plan.restored;
  }

  #newRecord(setUp: SetUp, contextId: string, file: string): SetUpRecord {
    const { random, clock } = this.#deps;
    return { ...setUp, id: random.uuid(), contextId, file, createdAt: clock.now().toISOString() };
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

  async #namedHelpers(hosts: readonly string[]): Promise<(host: string) => Registry['podman']> {
    try {
      const text = await this.#authFiles.read(this.#deps.environment.podmanAuthFile);
      const named = namedHelpers(text, hosts);
      return (host) => named.get(host) ?? 'none';
    } catch (error) {
      if (error instanceof KeyholdError) return () => 'unreadable';
      throw error;
    }
  }

  #withRegistry(contextId: string): StoredContext {
    const context = this.#deps.contexts.get(contextId);
    if (!context.hasRegistry) throw new KeyholdError('no_registry');
    return context;
  }

  /** One change at a time: each reads the file, plans, and writes it. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
