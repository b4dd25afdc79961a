import { dirname, isAbsolute } from 'node:path';
import { registryClients } from '../../../contracts/domain/registry-client.ts';
import type { ProgramEnd, Programs, TextFiles } from '../ports.ts';
import { probeHost } from '../registries/host.ts';
import { helperProgram } from '../registries/paths.ts';
import type { RegistryService } from '../registries/registry-service.ts';
import { forPerson, mendable, ok, shellWord, type Check, type Found, type CheckInput } from './finding.ts';

interface Deps {
  registries: Pick<RegistryService, 'installHelper'>;
  programs: Programs;
  files: Pick<TextFiles, 'isSame'>;
}

/** How long the helper may take, milliseconds. It answers in hundredths of a second. */
const timeoutMs = 5000;

const touches = { clients: registryClients, hosts: null };
const why = 'Podman and Docker start it for each sign-in.';

/** The helper program: there and up to date, and found on PATH. */
export function helperCheck(deps: Deps): Check {
  return async (input) => {
    const file = await deps.programs.find(helperProgram);
    return [installed(deps, input, file), await onPath(deps.files, input.overview.helper.path, file)];
  };
}

/** Whether what is found on PATH is answered by this app. Starts it. */
export function answerCheck({ programs }: Pick<Deps, 'programs'>): Check {
  return async () => {
    const file = await programs.find(helperProgram);
    return file === null ? [] : [await answerOf(programs, file)];
  };
}

/** @param file - What clients start. Whatever is wrong with the helper, that may work: its answer says whether. */
function installed({ registries }: Deps, { overview }: CheckInput, file: string | null): Found {
  const { path, state } = overview.helper;
  const about = { id: 'helper', subject: 'Helper program' };
  if (state === 'current') return ok({ ...about, found: `Installed and up to date: ${path}` });
  const found =
    state === 'missing' ? `Not there: ${path}` : `Changed, or from another version of Keyhold: ${path}`;
  const trouble = { ...about, found, why, touches, state: file === null ? 'broken' : 'warning' } as const;
  return mendable(trouble, 'Install helper', () => registries.installHelper());
}

async function onPath(files: Deps['files'], path: string, file: string | null): Promise<Found> {
  const about = { id: 'path', subject: 'PATH' };
  const folder = dirname(path);
  const advice =
    'Add this line to your shell’s profile (~/.profile), then sign in to the desktop again so that Keyhold sees it.';
  const command = `export PATH=${shellWord(folder)}:"$PATH"`;
  if (file === null) {
    const found = `${helperProgram} is in no folder of the PATH that Keyhold was started with.`;
    return forPerson({ ...about, found, why, touches, state: 'broken' }, advice, command);
  }
  if (!isAbsolute(file)) {
    const found = `It leads to ${file} by a folder that is not written from the root on: clients refuse that.`;
    return forPerson({ ...about, found, why, touches, state: 'broken' }, advice, command);
  }
  if (await files.isSame(file, path)) return ok({ ...about, found: `It leads to the helper: ${file}` });
  const found = `It leads to another program of the helper’s name first: ${file}`;
  return forPerson({ ...about, found, why, touches, state: 'warning' }, advice, command);
}

async function answerOf(programs: Programs, file: string): Promise<Found> {
  const about = { id: 'answer', subject: 'Helper’s answer' };
  const end = await programs.run(file, ['get'], probeHost, timeoutMs);
  const trouble = troubleOf(end);
  if (trouble === null) return ok({ ...about, found: 'The helper reaches Keyhold and answers.' });
  return forPerson({ ...about, found: trouble.found, why, state: 'broken' }, trouble.advice);
}

function troubleOf(end: ProgramEnd): { found: string; advice: string } | null {
  if (end.kind === 'timed_out') {
    const found = `No answer within ${String(timeoutMs / 1000)} seconds.`;
    return { found, advice: 'Restart Keyhold, then check again.' };
  }
  const hint = end.kind === 'ended' ? end.stderr : '';
  // docs/credential-helper.md: what an unknown host is told.
  if (end.kind === 'ended' && end.code === 1 && hint.startsWith(`Keyhold has no context for ${probeHost}`))
    return null;
  if (hint.startsWith('Keyhold is not running')) {
    const found = 'The helper does not find the agent.';
    const advice =
      'Mend the agent first. If it is well, the helper looks in another place: XDG_RUNTIME_DIR has to be the same for Keyhold and for your terminals.';
    return { found, advice };
  }
  const found = 'The program does not answer as Keyhold’s helper does.';
  return { found, advice: 'Mend the helper and the PATH first, then check again.' };
}
