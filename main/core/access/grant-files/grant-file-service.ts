import { basename } from 'node:path';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { fileGrantsMax } from '../../../../contracts/ipc/access-files.ts';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { accessGrantsPath } from '../../../../contracts/server-api/index.ts';
import type { Clock, FileDialogs, SmallFiles, TextFiles } from '../../ports.ts';
import { noteDeed, type DeedDeps } from '../../service/deeds.ts';
import { grantsAnswer, type GrantAnswer } from '../../service/dialects/access-grants.ts';
import type { Vault } from '../../vault/vault.ts';
import { wholeSide } from '../matrix-pages.ts';
import { readPages } from '../../service/read-pages.ts';
import { accessCodes, accessRoom, accessTimeoutMs } from '../service-requests.ts';
import { compareGrants } from './compare-grants.ts';
import { grantFileText, type GrantFileForm } from './grant-file.ts';
import { PrincipalNames, type NamedPrincipal } from './principal-names.ts';
import { grantFileBytes, readGrantFile } from './read-grant-file.ts';

interface GrantFileDeps extends DeedDeps {
  vault: Pick<Vault, 'requireUnlocked'>;
  dialogs: FileDialogs;
  files: Pick<TextFiles, 'writeAtomic'>;
  smallFiles: SmallFiles;
  clock: Clock;
}

/** Pages of grants that are read at most: a service may give fewer on a page than it is asked for. */
const grantPages = 250;

/** The grants of an organization in files. Paths of files stay here. */
export class GrantFileService {
  readonly #deps: GrantFileDeps;

  constructor(deps: GrantFileDeps) {
    this.#deps = deps;
  }

  /**
   * Writes all grants that the user may see to a file that the user chooses.
   *
   * @returns Null when the user chose none.
   * @throws KeyholdError `too_many_grants`, `repository_admin_needed`, `vault_locked`, `storage_failed`, or as
   *   `ServiceCalls.ask`.
   */
  async export(
    place: AccessPlace,
    form: GrantFileForm,
  ): Promise<{ fileName: string; grants: number } | null> {
    const { contextId, organization } = place;
    const { dialogs, files, vault, clock } = this.#deps;
    const day = clock.now().toISOString().slice(0, 10);
    const path = await dialogs.save({
      title: 'Export grants',
      fileName: `grants-${organization}-${day}.${form}`,
      extension: form,
    });
    if (path === null) return null;
    // The dialog may have been open for long.
    vault.requireUnlocked();
    const { grants, principals } = await this.#read(place);
    const names = new PrincipalNames(principals, form);
    const named = grants.map(({ repository, principal, actions, expires_at: until }) => ({
      ...{ repository, principal: names.textOf(principal), actions, until },
    }));
    await files.writeAtomic(path, grantFileText(organization, named, form), 0o600);
    const [fileName, count] = [basename(path), grants.length];
    noteDeed(this.#deps, 'access.exported', contextId, `${organization}: ${String(count)}, ${fileName}`);
    return { fileName, grants: count };
  }

  /**
   * Compares a file that the user chooses with what there is. Changes nothing.
   *
   * @returns Null when the user chose none.
   * @throws KeyholdError `grant_file_unreadable`, `too_many_grants`, `repository_admin_needed`, `vault_locked`, or as
   *   `ServiceCalls.ask`.
   */
  async compare(
    place: AccessPlace,
  ): Promise<({ fileName: string } & ReturnType<typeof compareGrants>) | null> {
    const { dialogs, smallFiles, vault, clock, service } = this.#deps;
    const chosen = await dialogs.open({ title: 'Import grants' });
    if (chosen === null) return null;
    vault.requireUnlocked();
    const bytes = await smallFiles.read(chosen.path, grantFileBytes);
    if (bytes === 'missing') throw new KeyholdError('grant_file_unreadable');
    if (bytes === 'too_large') throw new KeyholdError('too_many_grants');
    const file = readGrantFile(bytes);
    const { grants, principals } = await this.#read(place);
    const { entries: repositories, isWhole } = await wholeSide(
      service,
      place,
      { side: 'repositories', most: fileGrantsMax },
      (page) => page.repositories.map(({ name }) => name),
    );
    if (!isWhole) throw new KeyholdError('too_many_grants');
    const there = {
      ...{ organization: place.organization, principals, repositories },
      grants: grants.map(({ repository, principal: { reference }, actions, expires_at: until }) => ({
        ...{ repository, reference, actions, until },
      })),
    };
    return { fileName: chosen.name, ...compareGrants(file, there, clock.now()) };
  }

  /** All grants, and all to whom one might be given: what a name means depends on both. */
  async #read(place: AccessPlace): Promise<{ grants: KnownGrant[]; principals: NamedPrincipal[] }> {
    const { service } = this.#deps;
    const [grants, people] = await Promise.all([
      this.#grants(place),
      wholeSide(service, place, { side: 'principals', most: fileGrantsMax }, (page) => page.principals),
    ]);
    // A name that seems to be one person's may be another's too who was not read.
    if (!people.isWhole) throw new KeyholdError('too_many_grants');
    const principals = [...people.entries.flatMap(named), ...grants.map(({ principal }) => principal)];
    service.seen.note(
      place.contextId,
      principals.map(({ reference, name }) => [reference, name]),
    );
    return { grants, principals };
  }

  /** But those of principals of kinds that this version does not know. */
  async #grants({ contextId, organization }: AccessPlace): Promise<KnownGrant[]> {
    const { entries, isWhole } = await readPages(
      fileGrantsMax,
      async (after) => {
        const query = new URLSearchParams({ org: organization, ...(after === '' ? {} : { after }) });
        const request = {
          method: 'GET' as const,
          path: `${accessGrantsPath}?${query.toString()}`,
          errorCodes: accessCodes,
          room: accessRoom,
          timeoutMs: accessTimeoutMs,
        };
        const page = await this.#deps.service.ask(contextId, request, grantsAnswer);
        return { entries: page.grants, next: page.next };
      },
      grantPages,
    );
    if (!isWhole) throw new KeyholdError('too_many_grants');
    return entries.flatMap((grant) => named(grant.principal).map((principal) => ({ ...grant, principal })));
  }
}

type KnownGrant = Omit<GrantAnswer, 'principal'> & { principal: NamedPrincipal };

function named({ kind, reference, name }: GrantAnswer['principal']): NamedPrincipal[] {
  return kind === null ? [] : [{ kind, reference, name }];
}
