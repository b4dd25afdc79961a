import { dockerConfigFile, podmanAuthFile } from '../registries/paths.ts';
import { storedPasswords } from '../registries/stored-passwords.ts';
import { forPerson, ok, shellWord, type Check, type Found, type Patient } from './finding.ts';

interface Deps {
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
}

type Variable = 'REGISTRY_AUTH_FILE' | 'DOCKER_CONFIG' | 'DOCKER_AUTH_CONFIG';

const advice =
  'Take it out of your shell’s profile or the desktop’s environment and start Keyhold again. In a terminal that is open:';

/** Variables that lead clients to other files than those that Keyhold sets up. */
export function environmentCheck({ environment, homeFolder }: Deps): Check {
  return (patient) => {
    const found = [
      ...registryAuthFile(environment['REGISTRY_AUTH_FILE'], podmanAuthFile(environment, homeFolder)),
      ...dockerConfig(environment['DOCKER_CONFIG'], homeFolder),
      ...dockerAuthConfig(environment['DOCKER_AUTH_CONFIG'], patient),
    ];
    if (found.length > 0) return found;
    const words = 'No variable leads Podman or Docker to other files.';
    return [ok({ id: 'environment', subject: 'Environment', found: words })];
  };
}

function registryAuthFile(value: string | undefined, usual: string): Found[] {
  if (value === undefined || value === '' || value === usual) return [];
  return [
    aboutVariable('REGISTRY_AUTH_FILE', 'broken', {
      touches: { clients: ['podman'], hosts: null },
      found: `It is set: Podman, Skopeo and Buildah read ${value} alone.`,
      why: `What Keyhold sets up in ${usual} does not count.`,
    }),
  ];
}

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

function dockerAuthConfig(value: string | undefined, { registries }: Patient): Found[] {
  if (value === undefined || value === '') return [];
  const hosts = storedPasswords(value, new Set(registries.map(({ host }) => host)));
  const first = [...hosts][0];
  return [
    aboutVariable('DOCKER_AUTH_CONFIG', first === undefined ? 'warning' : 'broken', {
      touches: { clients: ['docker'], hosts: [...hosts] },
      found:
        first === undefined
          ? 'It is set, without a password for your registries.'
          : `It is set, and has a password for ${first}${hosts.size > 1 ? ` and ${String(hosts.size - 1)} more` : ''}.`,
      why: 'Docker takes what is in it before it asks a helper.',
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
