import { faultWords } from '../../../contracts/domain/client-file-words.ts';
import type { FileRights, Programs, TextFiles } from '../ports.ts';
import { namedIn, readAsClient } from '../registries/client-reading.ts';
import { dockerConfigFile, podmanAuthFile } from '../registries/paths.ts';
import { storedPasswords } from '../registries/stored-passwords.ts';
import { isAnyFrom } from './client-programs.ts';
import { forPerson, ok, shellWord, type Check, type Found, type CheckInput } from './finding.ts';

interface Deps {
  files: Pick<TextFiles, 'read' | 'isSame'>;
  rights: Pick<FileRights, 'stat'>;
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
}

type Variable = 'REGISTRY_AUTH_FILE' | 'DOCKER_CONFIG' | 'DOCKER_AUTH_CONFIG';

const advice =
  'Take it out of your shell’s profile or the desktop’s environment and start Keyhold again. In a terminal that is open:';

/**
 * Variables that lead clients to other files than those that Keyhold sets up.
 *
 * @param programs - Asked for their versions where they differ in what they make of a variable; null where none is started.
 */
export function environmentCheck(deps: Deps, programs: Programs | null): Check {
  const { environment, homeFolder } = deps;
  return async (input) => {
    const found = [
      ...(await registryAuthFile(deps, programs, input)),
      ...dockerConfig(environment['DOCKER_CONFIG'], homeFolder),
      ...(await dockerAuthConfig(environment['DOCKER_AUTH_CONFIG'], programs, input)),
    ];
    if (found.length > 0) return found;
    const words = 'No variable leads Podman or Docker to other files.';
    return [ok({ id: 'environment', subject: 'Environment', found: words })];
  };
}

/** Since then, with containers/image 5.24, they read the file that the variable names and no other. */
const readItAlone = { podman: [4, 4], skopeo: [1, 11], buildah: [1, 29] } as const;

async function registryAuthFile(
  { files, rights, environment, homeFolder }: Deps,
  programs: Programs | null,
  { registries }: CheckInput,
): Promise<Found[]> {
  const value = environment['REGISTRY_AUTH_FILE'] ?? '';
  const usual = podmanAuthFile(environment, homeFolder);
  if (value === '' || (await files.isSame(value, usual))) return [];
  const why = `What Keyhold sets up in ${usual} does not count.`;
  const broken = (found: string): Found[] => [
    aboutVariable('REGISTRY_AUTH_FILE', 'broken', { touches: ofPodman, found, why }),
  ];
  if ((await rights.stat(value)) === null) {
    return broken(`It is set: Podman, Skopeo and Buildah read ${value}, which is not there.`);
  }
  const reading = await readAsClient(files, 'podman', value);
  if (reading.fault !== null) return broken(`It is set, and ${value} ${faultWords[reading.fault]}.`);
  const names = registries.map(({ host }) => namedIn('podman', reading, host));
  if (names.every((name) => name === 'keyhold')) {
    const found = `It is set, and ${value} names Keyhold as well.`;
    return [ok({ id: 'environment:REGISTRY_AUTH_FILE', subject: 'REGISTRY_AUTH_FILE', found })];
  }
  const found = `It is set: Podman, Skopeo and Buildah read ${value} alone.`;
  const isAlone =
    names.some((name) => name !== 'none' && name !== 'keyhold') ||
    (programs !== null && (await isAnyFrom(programs, 'podman', readItAlone)));
  if (isAlone) return broken(found);
  return [
    aboutVariable('REGISTRY_AUTH_FILE', 'warning', {
      touches: ofPodman,
      found: `It is set: Podman, Skopeo and Buildah read ${value} first.`,
      why: `Podman from 4.4, Skopeo from 1.11 and Buildah from 1.29 do not go on to ${usual}.`,
    }),
  ];
}

const ofPodman = { clients: ['podman'], hosts: null } as const;

function dockerConfig(value: string | undefined, homeFolder: string): Found[] {
  const usual = dockerConfigFile({}, homeFolder);
  const file = dockerConfigFile({ DOCKER_CONFIG: value }, homeFolder);
  if (file === usual) return [];
  return [
    aboutVariable('DOCKER_CONFIG', 'warning', {
      touches: { clients: ['docker'], hosts: null },
      found: `It is set: Docker reads ${file}, and Keyhold sets that file up.`,
      why: `Terminals without it read ${usual} instead.`,
    }),
  ];
}

/** Since then Docker reads the variable. */
const readsAuthConfig = { docker: [28, 3] } as const;

async function dockerAuthConfig(
  value: string | undefined,
  programs: Programs | null,
  { registries }: CheckInput,
): Promise<Found[]> {
  if (value === undefined || value === '') return [];
  const hosts = storedPasswords(value, new Set(registries.map(({ host }) => host)));
  const first = [...hosts][0];
  const isRead =
    first !== undefined && programs !== null && (await isAnyFrom(programs, 'docker', readsAuthConfig));
  return [
    aboutVariable('DOCKER_AUTH_CONFIG', isRead ? 'broken' : 'warning', {
      touches: { clients: ['docker'], hosts: [...hosts] },
      found:
        first === undefined
          ? 'It is set, without a password for your registries.'
          : `It is set, and has a password for ${first}${hosts.size > 1 ? ` and ${String(hosts.size - 1)} more` : ''}.`,
      why: 'Docker from 28.3 takes what is in it before it asks a helper.',
    }),
  ];
}

function aboutVariable(
  name: Variable,
  state: 'warning' | 'broken',
  words: Required<Pick<Found, 'touches'>> & { found: string; why: string },
): Found {
  return forPerson(
    { id: `environment:${name}`, subject: name, state, ...words },
    advice,
    `unset ${shellWord(name)}`,
  );
}
