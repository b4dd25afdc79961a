import { join } from 'node:path';
import { faultWords } from '../../../contracts/domain/client-file-words.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import { NotText, type FileRights, type NoText, type Programs, type TextFiles } from '../ports.ts';
import { helperName } from '../registries/auth-file.ts';
import { probeHost } from '../registries/host.ts';
import { programsHere } from './client-programs.ts';
import { forPerson, moveAway, ok, shellWord, podmanStops, type Check, type Found } from './finding.ts';
import { readHelperList, type HelperList } from './registries-conf.ts';

interface Deps {
  files: Pick<TextFiles, 'read'>;
  rights: Pick<FileRights, 'names' | 'stat'>;
  environment: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** Folder of the system's own configuration: `/etc`. */
  systemFolder: string;
}

/** Stands for the auth files in the list of helpers: containers-registries.conf(5). */
const authFiles = 'containers-auth.json';

const id = 'registries_conf';
const subject = 'registries.conf';
const touches = { clients: ['podman'], hosts: null } as const;

/** How long a client may take to read its own settings, milliseconds. */
const timeoutMs = 10_000;

/**
 * Entries in registries.conf that keep Podman from reading its auth files, or call the helper for all registries, and
 * files of that name that Podman stops at.
 *
 * @param programs - One of Podman's is started to read them, as only it knows all of their rules; null to start none.
 */
export function registriesConfCheck(deps: Deps, programs: Programs | null): Check {
  return async () => {
    const read: ConfFile[] = [];
    for (const { file, isPart } of await configFiles(deps)) {
      const conf = await readConf(deps.files, file, isPart);
      if (conf.fault !== null) return [unreadable(file, conf.fault)];
      read.push(conf);
    }
    const refused = programs === null ? null : await refusedBy(programs, read);
    if (refused !== null) return [refused];
    const last = read.findLast(({ list }) => list !== null);
    const found = last?.list ? aboutList(last.file, last.list) : null;
    return [found ?? ok({ id, subject, found: 'Podman reads its auth files, as it does by default.' })];
  };
}

interface ConfFile {
  file: string;
  fault: NoText | null;
  list: HelperList | null;
}

/**
 * A folder among the parts is passed over. What cannot be opened, as a link to itself, is left to the clients: some of
 * them pass it over, by its place and their version. So is what is larger than Keyhold reads.
 */
async function readConf(files: Deps['files'], file: string, isPart: boolean): Promise<ConfFile> {
  try {
    const text = await files.read(file);
    return { file, fault: null, list: text === null ? null : readHelperList(text) };
  } catch (error) {
    if (!(error instanceof NotText)) throw error;
    const passes =
      error.why === 'no_access' || error.why === 'too_large' || (isPart && error.why === 'folder');
    return { file, fault: passes ? null : error.why, list: null };
  }
}

/** In the order in which they are read; of the key, the last one counts. */
async function configFiles(deps: Deps): Promise<{ file: string; isPart: boolean }[]> {
  const { rights, environment, homeFolder, systemFolder } = deps;
  const own = join(homeFolder, '.config', 'containers');
  const system = join(systemFolder, 'containers');
  const ownFile = join(own, 'registries.conf');
  const chosen = environment['CONTAINERS_REGISTRIES_CONF'] ?? '';
  const usual = (await isThere(deps.files, ownFile)) ? ownFile : join(system, 'registries.conf');
  const parts: string[] = [];
  for (const folder of [join(system, 'registries.conf.d'), join(own, 'registries.conf.d')]) {
    // One that is a link is not gone through.
    if ((await rights.stat(folder))?.kind !== 'folder') continue;
    const names = (await rights.names(folder)).filter((name) => name.endsWith('.conf'));
    parts.push(...names.sort().map((name) => join(folder, name)));
  }
  return [
    { file: chosen === '' ? usual : chosen, isPart: false },
    ...parts.map((file) => ({ file, isPart: true })),
  ];
}

async function isThere(files: Deps['files'], file: string): Promise<boolean> {
  try {
    return (await files.read(file)) !== null;
  } catch (error) {
    if (error instanceof NotText) return error.why !== 'no_access';
    throw error;
  }
}

function unreadable(file: string, fault: NoText): Found {
  const found = `${file} ${faultWords[fault]}.`;
  return forPerson(
    { id, subject, touches, found, why: podmanStops, state: 'broken' },
    'Repair it or move it away:',
    moveAway(file),
  );
}

/** What one of Podman's programs says of the files, asking no registry; null where it accepts them. */
async function refusedBy(programs: Programs, read: readonly ConfFile[]): Promise<Found | null> {
  const program = (await programsHere(programs, 'podman'))[0];
  if (program === undefined) return null;
  // No auth file: what is wrong with those is found elsewhere, and one that is a pipe would be waited for.
  const args = ['login', '--get-login', '--authfile', '/dev/null', probeHost];
  const end = await programs.run(program.file, args, '', timeoutMs);
  if (end.kind !== 'ended' || end.code === 0 || !end.stderr.includes('registries configuration')) return null;
  const file = read.findLast((conf) => end.stderr.includes(conf.file))?.file ?? 'registries.conf';
  const said = end.stderr.trim().split('\n').at(-1) ?? '';
  const reason = said.slice(said.lastIndexOf(file) + file.length).replace(/^[\\":\s]+|[\\"\s]+$/g, '');
  return forPerson(
    {
      id,
      subject,
      touches,
      state: 'broken',
      why: podmanStops,
      found: `${program.name} cannot read ${file}: ${printable(reason, longestReason)}`,
    },
    'Repair it, or take it out of the way until you have.',
  );
}

const longestReason = 200;

function aboutList(file: string, { helpers, oneLine }: HelperList): Found | null {
  const trouble = troubleOf(helpers);
  if (trouble === null) return null;
  const advice = oneLine
    ? 'Take its line out:'
    : 'Take it out of the file: it goes over several lines, from credential-helpers to the closing bracket.';
  const command = oneLine ? `sed -i.bak '/credential-helpers.*=/d' ${shellWord(file)}` : null;
  const found = `credential-helpers is set in ${file}.`;
  return forPerson({ id, subject, found, touches, ...trouble }, advice, command);
}

/** The first helper of the list that has something for a registry answers. */
function troubleOf(helpers: readonly string[]): { state: 'warning' | 'broken'; why: string } | null {
  if (helpers.includes(''))
    return { state: 'broken', why: 'It names a helper without a name, at which Podman stops.' };
  if (helpers.includes(helperName)) {
    return { state: 'warning', why: 'Podman then asks Keyhold for every registry, not only for yours.' };
  }
  const before = helpers.includes(authFiles) ? helpers.slice(0, helpers.indexOf(authFiles)) : helpers;
  if (before.length === 0) return null;
  return helpers.includes(authFiles)
    ? {
        state: 'warning',
        why: `Podman then asks ${before.join(', ')} first, and Keyhold where that has nothing.`,
      }
    : { state: 'broken', why: 'Podman then reads no auth file, and with it none of Keyhold’s entries.' };
}
