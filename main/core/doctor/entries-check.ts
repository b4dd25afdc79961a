import {
  clientNames,
  registryClients,
  type RegistryClient,
} from '../../../contracts/domain/registry-client.ts';
import { faultWords } from '../../../contracts/domain/client-file-words.ts';
import type { Programs, TextFiles } from '../ports.ts';
import { namedIn, readAsClient, type ClientReading } from '../registries/client-reading.ts';
import type { ClientEntry, RegistryEntries, RegistryService } from '../registries/registry-service.ts';
import { programsHere } from './client-programs.ts';
import { forPerson, mendable, moveAway, ok, podmanStops, type Check, type Found } from './finding.ts';

interface Deps {
  registries: Pick<RegistryService, 'setUp'>;
  programs: Pick<Programs, 'find'>;
  files: Pick<TextFiles, 'read'>;
}

/** Up to so many sound entries are listed; more become one line. */
const mostNamed = 20;

/** Whether each client's file names Keyhold for each registry. A client that is not here is not missed. */
export function entriesCheck(deps: Deps): Check {
  return async ({ overview, registries }) => {
    const here = {
      podman: (await programsHere(deps.programs, 'podman')).length > 0,
      docker: (await programsHere(deps.programs, 'docker')).length > 0,
    };
    const byDocker = await readAsClient(deps.files, 'podman', overview.files.docker);
    const found = registries.flatMap((registry) =>
      registryClients.flatMap((client) => {
        const file = overview.files[client];
        if (client === 'podman' && registry.clients.podman.entry === 'none') {
          const instead = insteadOf(deps, registry, file, { file: overview.files.docker, reading: byDocker });
          if (instead !== null) return [instead];
        }
        return entryOf(deps, { registry, client, file, here: here[client] });
      }),
    );
    return summed(found);
  };
}

interface Entry {
  registry: RegistryEntries;
  client: RegistryClient;
  file: string;
  here: boolean;
}

/**
 * Where Podman's own file names no helper, it goes on to Docker's. Null where that one neither names Keyhold nor stops
 * Podman.
 */
function insteadOf(
  { registries }: Deps,
  { contextId, host, clients }: RegistryEntries,
  file: string,
  docker: { file: string; reading: ClientReading },
): Found | null {
  const about = { id: `entry:podman:${host}`, subject: `${clientNames.podman} for ${host}` };
  const named = namedIn('podman', docker.reading, host);
  const touches = { clients: ['podman'] as const, hosts: [host] };
  if (named === 'unreadable' || named === 'empty') {
    const fault = docker.reading.fault;
    const found = `Not set up in ${file}, and ${docker.file} ${fault === null ? 'names no helper' : faultWords[fault]}.`;
    const why = 'Podman, Skopeo and Buildah go on to Docker’s file and stop at it.';
    return mendable({ ...about, found, why, touches, state: 'broken' }, 'Set up Podman', () =>
      registries.setUp(contextId, 'podman'),
    );
  }
  if (named !== 'keyhold') return null;
  const found = `Podman asks Keyhold, by Docker’s entry in ${docker.file}.`;
  if (!clients.podman.canUndo) return ok({ ...about, found });
  return mendable(
    {
      ...about,
      state: 'warning',
      why: 'Keyhold’s own entry is gone, and Docker’s may go as well.',
      found: `Keyhold’s entry was taken out of ${file}. ${found}`,
    },
    'Set up Podman again',
    () => registries.setUp(contextId, 'podman'),
  );
}

function entryOf(deps: Deps, entry: Entry): Found[] {
  const facts = factsOf(deps, entry);
  const isUnused = entry.client === 'docker' && !facts.isMissed;
  switch (facts.entry) {
    case 'keyhold':
      return [namesKeyhold(facts)];
    case 'none':
      return facts.isMissed ? [namesNone(facts)] : [];
    case 'empty':
      return isUnused ? [] : [namesEmpty(facts)];
    case 'other':
      return [namesOther(facts)];
    case 'unreadable':
      return isUnused ? [] : [unreadable(facts)];
  }
}

/** A client's entry for a registry, and what its findings have in common. */
interface EntryFacts extends ClientEntry {
  about: Pick<Found, 'id' | 'subject'>;
  client: RegistryClient;
  host: string;
  name: string;
  file: string;
  /** Why it matters that the client does not ask Keyhold. */
  why: string;
  /** Whether no client asks Keyhold for the registry. */
  isAlone: boolean;
  /** Whether a missing entry is a trouble. */
  isMissed: boolean;
  /** A trouble that setting the client up mends. */
  bySetUp: (found: string, why: string, state: 'warning' | 'broken') => Found;
}

function factsOf({ registries }: Deps, { registry, client, file, here }: Entry): EntryFacts {
  const { contextId, host, clients } = registry;
  const setUp = clients[client];
  const name = clientNames[client];
  const about = { id: `entry:${client}:${host}`, subject: `${name} for ${host}` };
  const isAlone = registryClients.every((each) => clients[each].entry !== 'keyhold');
  const label = setUp.canUndo ? `Set up ${name} again` : `Set up ${name}`;
  return {
    ...setUp,
    about,
    client,
    host,
    name,
    file,
    isAlone,
    why: `${name} does not ask Keyhold for this registry.`,
    isMissed: setUp.canUndo || here || (isAlone && client === 'podman'),
    bySetUp: (found, why, state) =>
      mendable({ ...about, found, why, state }, label, () => registries.setUp(contextId, client)),
  };
}

function namesKeyhold({ about, name, file, fault }: EntryFacts): Found {
  if (fault === null) return ok({ ...about, found: `${name} asks Keyhold, by its entry in ${file}.` });
  const found = `${file} ${faultWords[fault]}.`;
  const why = `${name} reads its entry all the same.`;
  const advice = 'Repair it where the command line of Docker warns of it.';
  return forPerson({ ...about, found, why, state: 'warning' }, advice);
}

function namesNone({ file, why, canUndo, isAlone, bySetUp }: EntryFacts): Found {
  const found = canUndo ? `Keyhold’s entry was taken out of ${file}.` : `Not set up in ${file}.`;
  return bySetUp(found, why, canUndo || isAlone ? 'broken' : 'warning');
}

function namesEmpty({ client, file, why, canUndo, isAlone, bySetUp }: EntryFacts): Found {
  const found = `The entry in ${file} names no helper.`;
  if (client === 'podman') return bySetUp(found, podmanStops, 'broken');
  return bySetUp(found, why, canUndo || isAlone ? 'broken' : 'warning');
}

function namesOther({ about, host, name, file, why }: EntryFacts): Found {
  return forPerson(
    { ...about, found: `Another helper is named in ${file}.`, why, state: 'broken' },
    `Take the line of ${host} out of credHelpers in that file, then check again and set ${name} up.`,
  );
}

function unreadable({ about, client, file, fault, bySetUp }: EntryFacts): Found {
  const found = `${file} ${faultWords[fault ?? 'not_json']}.`;
  const why = client === 'podman' ? podmanStops : dockerGoesOn;
  if (fault === 'empty') return bySetUp(found, why, 'broken');
  return forPerson(
    { ...about, found, why, state: 'broken' },
    'Repair it, or move it away and set the registry up anew:',
    moveAway(file),
  );
}

const dockerGoesOn = 'Docker warns of it and goes on without a sign-in.';

function summed(found: readonly Found[]): Found[] {
  const well = found.filter(({ state }) => state === 'ok');
  const rest = found.filter(({ state }) => state !== 'ok');
  if (well.length <= mostNamed) return [...rest, ...well];
  const words = `${well.length.toLocaleString('en')} entries name Keyhold.`;
  return [...rest, ok({ id: 'entry', subject: 'Registries that are set up', found: words })];
}
