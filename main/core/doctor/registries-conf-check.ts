import { join } from 'node:path';
import { KeyholdError } from '../../../contracts/errors.ts';
import { NotText, type FileRights, type TextFiles } from '../ports.ts';
import { helperName } from '../registries/auth-file.ts';
import { forPerson, ok, shellWord, type Check, type Found } from './finding.ts';
import { readHelperList, type HelperList } from './registries-conf.ts';

interface Deps {
  files: Pick<TextFiles, 'read'>;
  rights: Pick<FileRights, 'names'>;
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** Folder of the system's own configuration: `/etc`. */
  systemFolder: string;
}

/** Stands for the auth files in the list of helpers: containers-registries.conf(5). */
const authFiles = 'containers-auth.json';

const id = 'registries_conf';
const subject = 'registries.conf';

/** Entries in registries.conf that keep Podman from reading its auth files, or call the helper for all registries. */
export function registriesConfCheck(deps: Deps): Check {
  return async () => {
    let last: { file: string; list: HelperList } | null = null;
    for (const file of await configFiles(deps)) {
      const list = readHelperList((await readText(deps.files, file)) ?? '');
      if (list !== null) last = { file, list };
    }
    if (last !== null) {
      const found = aboutList(last.file, last.list);
      if (found !== null) return [found];
    }
    return [ok({ id, subject, found: 'Podman reads its auth files, as it does by default.' })];
  };
}

/** In the order in which they are read; of the key, the last one counts. */
async function configFiles({
  files,
  rights,
  environment,
  homeFolder,
  systemFolder,
}: Deps): Promise<string[]> {
  const chosen = environment['CONTAINERS_REGISTRIES_CONF'];
  if (chosen !== undefined && chosen !== '') return [chosen];
  const own = join(homeFolder, '.config', 'containers');
  const system = join(systemFolder, 'containers');
  const ownFile = join(own, 'registries.conf');
  const main = (await readText(files, ownFile)) === null ? join(system, 'registries.conf') : ownFile;
  const parts: string[] = [];
  for (const folder of [join(system, 'registries.conf.d'), join(own, 'registries.conf.d')]) {
    const names = (await rights.names(folder)).filter((name) => name.endsWith('.conf'));
    parts.push(...names.sort().map((name) => join(folder, name)));
  }
  return [main, ...parts];
}

function aboutList(file: string, { helpers, oneLine }: HelperList): Found | null {
  const trouble = troubleOf(helpers);
  if (trouble === null) return null;
  const advice = oneLine
    ? 'Take its line out:'
    : 'Take it out of the file: it goes over several lines, from credential-helpers to the closing bracket.';
  const command = oneLine ? `sed -i.bak '/credential-helpers.*=/d' ${shellWord(file)}` : null;
  return forPerson(
    {
      ...{ id, subject, found: `credential-helpers is set in ${file}.`, ...trouble },
      touches: { clients: ['podman'], hosts: null },
    },
    advice,
    command,
  );
}

function troubleOf(helpers: readonly string[]): { state: 'warning' | 'broken'; why: string } | null {
  if (helpers.length > 0 && !helpers.includes(authFiles)) {
    return { state: 'broken', why: 'Podman then reads no auth file, and with it none of Keyhold’s entries.' };
  }
  if (!helpers.includes(helperName)) return null;
  return { state: 'warning', why: 'Podman then asks Keyhold for every registry, not only for yours.' };
}

async function readText(files: Deps['files'], file: string): Promise<string | null> {
  try {
    return await files.read(file);
  } catch (error) {
    if (error instanceof NotText || error instanceof KeyholdError) return null;
    throw error;
  }
}
