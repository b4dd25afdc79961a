import {
  clientNames,
  registryClients,
  type RegistryClient,
} from '../../../contracts/domain/registry-client.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import type { Programs } from '../ports.ts';
import type { RegistryService } from '../registries/registry-service.ts';
import { forPerson, mendable, ok, shellWord, type Check, type Found } from './finding.ts';

interface Deps {
  registries: Pick<RegistryService, 'setUp'>;
  programs: Pick<Programs, 'find'>;
}

/** The programs of a client, of which one is enough. */
const programsOf: Readonly<Record<RegistryClient, readonly string[]>> = {
  podman: ['podman', 'skopeo', 'buildah'],
  docker: ['docker'],
};

/** So many entries that are well are named; more of them are one line together. */
const mostNamed = 20;

/** Whether each client's file names Keyhold for each registry. A client that is not here is not missed. */
export function entriesCheck(deps: Deps): Check {
  return async ({ overview, registries }) => {
    const here = {
      podman: await isHere(deps.programs, 'podman'),
      docker: await isHere(deps.programs, 'docker'),
    };
    const found = registries.flatMap((registry) =>
      registryClients.flatMap((client) =>
        entryOf(deps, { registry, client, file: overview.files[client], here: here[client] }),
      ),
    );
    return summed(found);
  };
}

async function isHere(programs: Deps['programs'], client: RegistryClient): Promise<boolean> {
  for (const name of programsOf[client]) if ((await programs.find(name)) !== null) return true;
  return false;
}

interface Entry {
  registry: Registry;
  client: RegistryClient;
  file: string;
  here: boolean;
}

function entryOf({ registries }: Deps, { registry, client, file, here }: Entry): Found[] {
  const { contextId, host, clients } = registry;
  const { entry, canUndo } = clients[client];
  const name = clientNames[client];
  const about = { id: `entry:${client}:${host}`, subject: `${name} for ${host}` };
  const why = `${name} does not ask Keyhold for this registry.`;
  switch (entry) {
    case 'keyhold':
      return [ok({ ...about, found: `${name} asks Keyhold, by its entry in ${file}.` })];
    case 'none': {
      const nobody = registryClients.every((each) => clients[each].entry !== 'keyhold');
      if (!canUndo && !here && !(nobody && client === 'podman')) return [];
      const found = canUndo ? `Keyhold’s entry was taken out of ${file}.` : `Not set up in ${file}.`;
      const state = canUndo || nobody ? 'broken' : 'warning';
      const label = canUndo ? `Set up ${name} again` : `Set up ${name}`;
      return [mendable({ ...about, found, why, state }, label, () => registries.setUp(contextId, client))];
    }
    case 'other':
      return [
        forPerson(
          { ...about, found: `Another helper is named in ${file}.`, why, state: 'broken' },
          `Take the line of ${host} out of credHelpers in that file, then check again and set ${name} up.`,
        ),
      ];
    case 'unreadable':
      return [
        forPerson(
          {
            ...about,
            found: `${file} is no valid JSON.`,
            why: `${name} cannot read it either.`,
            state: 'broken',
          },
          'Repair it, or move it away and set the registry up anew:',
          `mv ${shellWord(file)} ${shellWord(`${file}.broken`)}`,
        ),
      ];
  }
}

function summed(found: readonly Found[]): Found[] {
  const well = found.filter(({ state }) => state === 'ok');
  const rest = found.filter(({ state }) => state !== 'ok');
  if (well.length <= mostNamed) return [...rest, ...well];
  const words = `${well.length.toLocaleString('en')} entries name Keyhold.`;
  return [...rest, ok({ id: 'entry', subject: 'Registries that are set up', found: words })];
}
