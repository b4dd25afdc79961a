import { dirname, resolve } from 'node:path';
import { dockerConfigFile, helperProgram } from '../registries/paths.ts';
import { forPerson, ok, shellWord, type Found, type Patient } from './finding.ts';

/** What the script of the command line says of the terminal that it runs in. Only texts: nothing there is run or read. */
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
export function terminalCheck(terminal: Terminal, homeFolder: string): (patient: Patient) => Found[] {
  return ({ overview: { helper, files } }) => {
    const found = [
      ...pathOf(terminal.helper, helper.path),
      ...registryAuthFile(terminal.registryAuthFile, files.podman),
      ...dockerConfig(terminal.dockerConfig, files.docker, homeFolder),
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
  if (there !== null && resolve(there) === resolve(path)) return [];
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

function registryAuthFile(value: string | null, file: string): Found[] {
  if (value === null || value === file) return [];
  return [
    forPerson(
      {
        ...{ id: 'terminal:REGISTRY_AUTH_FILE', subject: 'REGISTRY_AUTH_FILE', state: 'broken' },
        found: `It is set here: Podman, Skopeo and Buildah read ${value} alone.`,
        why: `What Keyhold sets up in ${file} does not count.`,
      },
      advice,
      'unset REGISTRY_AUTH_FILE',
    ),
  ];
}

/** The app may have been started with the variable and the terminal without it, or the other way round. */
function dockerConfig(value: string | null, file: string, homeFolder: string): Found[] {
  const read = dockerConfigFile({ DOCKER_CONFIG: value ?? undefined }, homeFolder);
  if (resolve(read) === resolve(file)) return [];
  const usual = file === dockerConfigFile({}, homeFolder);
  return [
    forPerson(
      {
        ...{ id: 'terminal:DOCKER_CONFIG', subject: 'DOCKER_CONFIG', state: 'broken' },
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
        ...{ id: 'terminal:DOCKER_AUTH_CONFIG', subject: 'DOCKER_AUTH_CONFIG', state: 'warning' },
        found: 'It is set here.',
        why: 'Docker takes what is in it before it asks a helper.',
      },
      advice,
      'unset DOCKER_AUTH_CONFIG',
    ),
  ];
}
