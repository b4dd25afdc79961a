import { dirname } from 'node:path';
import { dockerConfigFile, helperProgram } from '../registries/paths.ts';
import type { TextFiles } from '../ports.ts';
import { forPerson, ok, shellWord, type Check, type Found } from './finding.ts';

interface Deps {
  files: Pick<TextFiles, 'isSame'>;
  homeFolder: string;
}

/**
 * What the script of the command line says of the terminal that it runs in. Only texts: nothing there is run or read.
 */
export interface Terminal {
  /** What the helper's name stands for on its PATH; null for nothing. */
  helper: string | null;
  /** Values of the variables; null where they are not set. */
  registryAuthFile: string | null;
  dockerConfig: string | null;
  /** Whether it is set: it may hold passwords. */
  dockerAuthConfig: boolean;
}

/** Whether clients that are started in this terminal find what Keyhold has set up. */
export function terminalCheck(terminal: Terminal, deps: Deps): Check {
  return async ({ overview: { helper, files } }) => {
    const leadsTo = async (value: string | null, file: string): Promise<boolean> =>
      value !== null && (await deps.files.isSame(value, file));
    const found = [
      ...((await leadsTo(terminal.helper, helper.path)) ? [] : pathOf(terminal.helper, helper.path)),
      ...((await leadsTo(terminal.registryAuthFile, files.podman))
        ? []
        : registryAuthFile(terminal.registryAuthFile, files.podman)),
      ...(await dockerConfig(terminal.dockerConfig, files.docker, deps)),
      ...dockerAuthConfig(terminal.dockerAuthConfig),
    ];
    if (found.length > 0) return found;
    return [
      ok({ id: 'terminal', subject: 'This terminal', found: 'It leads clients to what Keyhold sets up.' }),
    ];
  };
}

const advice = 'Here and now; in your shell’s profile for good:';

function pathOf(there: string | null, path: string): Found[] {
  const about = { id: 'terminal:PATH', subject: 'PATH of this terminal' };
  const why = 'Podman and Docker start the first program of that name.';
  const command = `export PATH=${shellWord(dirname(path))}:"$PATH"`;
  if (there === null) {
    return [
      forPerson({ ...about, why, state: 'broken', found: `${helperProgram} is not on it.` }, advice, command),
    ];
  }
  const found = `It leads to another program of the helper’s name first: ${there}`;
  return [forPerson({ ...about, why, state: 'warning', found }, advice, command)];
}

/** What a terminal names is not read: whether it names Keyhold as well is not known. */
function registryAuthFile(value: string | null, file: string): Found[] {
  if (value === null) return [];
  return [
    forPerson(
      {
        id: 'terminal:REGISTRY_AUTH_FILE',
        subject: 'REGISTRY_AUTH_FILE',
        state: 'warning',
        found: `It is set here: Podman, Skopeo and Buildah read ${value} alone.`,
        why: `What Keyhold sets up in ${file} does not count, unless that file names Keyhold too.`,
      },
      advice,
      'unset REGISTRY_AUTH_FILE',
    ),
  ];
}

/** The app may have been started with the variable and the terminal without it, or the other way round. */
async function dockerConfig(
  value: string | null,
  file: string,
  { files, homeFolder }: Deps,
): Promise<Found[]> {
  const read = dockerConfigFile({ DOCKER_CONFIG: value ?? undefined }, homeFolder);
  if (await files.isSame(read, file)) return [];
  const usual = file === dockerConfigFile({}, homeFolder);
  return [
    forPerson(
      {
        id: 'terminal:DOCKER_CONFIG',
        subject: 'DOCKER_CONFIG',
        state: 'broken',
        found: `Docker reads ${read} here.`,
        why: `What Keyhold sets up in ${file} does not count.`,
      },
      advice,
      usual ? 'unset DOCKER_CONFIG' : `export DOCKER_CONFIG=${shellWord(dirname(file))}`,
    ),
  ];
}

function dockerAuthConfig(isSet: boolean): Found[] {
  if (!isSet) return [];
  return [
    forPerson(
      {
        id: 'terminal:DOCKER_AUTH_CONFIG',
        subject: 'DOCKER_AUTH_CONFIG',
        state: 'warning',
        found: 'It is set here.',
        why: 'Docker takes what is in it before it asks a helper.',
      },
      advice,
      'unset DOCKER_AUTH_CONFIG',
    ),
  ];
}
