/**
 * Today's registry clients against the helper: fetches those of Debian 13 by this machine's own apt, signatures checked,
 * unpacks them into a root of their own (out/clients, 450 MB; nothing is installed) and runs the tests of the helper's
 * clients with them. For Debian 12 and later. Usage: npm run clients
 */
import './end-with-starter.mjs';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clients, newerClients } from '../test/support/client-commands.ts';
import { endingProgram, runToEnd } from './run-to-end.ts';

const suite = 'trixie';
/** The clients, and what the helper's script and the dynamic linker need. */
const packages = ['podman', 'skopeo', 'buildah', 'docker-cli', 'base-files', 'dash', 'perl-base', 'libc-bin'];
const tests = ['client-states', 'helper-clients', 'client-files', 'doctor-clients'].map(
  (name) => `test/contract/${name}.test.ts`,
);

const place = join(newerClients, suite);
const root = join(place, 'root');
const programs = join(place, 'bin');

/** @throws Error with what it said when it fails. */
function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/** Downloads the packages and all that they need, as apt would for an empty machine. */
function download(folder: string): string[] {
  const targets = ['indextargets', '--format', '$(REPO_URI)', 'Label: Debian', 'Component: main'];
  const [mirror] = run('apt-get', targets).split('\n');
  if (!mirror) throw new Error('apt knows no mirror of Debian on this machine.');
  for (const name of ['lists/partial', 'archives/partial', 'parts']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${keys}] ${mirror} ${suite} main\n`);
  writeFileSync(join(folder, 'status'), '');
  const options = {
    'Dir::State': folder,
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Etc::parts': join(folder, 'parts'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'parts'),
    'APT::Install-Recommends': 'false',
    // Another user could not write into this folder.
    'APT::Sandbox::User': '',
  };
  const all = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...all, 'update']);
  run('apt-get', [...all, '--yes', '--download-only', 'install', ...packages]);
  const archives = join(folder, 'archives');
  return readdirSync(archives)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(archives, name));
}

/** No script of any package is run. */
function unpack(archives: readonly string[], into: string): void {
  // The one with the links of /bin and /lib comes first.
  const first = archives.filter((archive) => archive.includes('/base-files_'));
  for (const archive of [...first, ...archives]) run('dpkg-deb', ['--extract', archive, into]);
  for (const name of ['hosts', 'passwd', 'group']) copyFileSync(join('/etc', name), join(into, 'etc', name));
}

/** A program that runs a client in its root, with the folder for temporary files and the caller's own in it. */
function wrapper(client: string): string {
  // Containers/storage wants the root to be a mount; who is not root here, is so in a user namespace of their own.
  return `#!/bin/sh
map=; [ "$(id -u)" = 0 ] || map=--map-root-user
exec unshare --mount $map sh -c '
  root=$1 folder=$2; shift 2
  mount --rbind "$root" "$root" || exit
  for each in proc dev sys tmp; do mount --rbind "/$each" "$root/$each" || exit; done
  exec chroot "$root" /bin/sh -c '\\''cd "$0" && exec "$@"'\\'' "$folder" "$@"
' sh '${root}' "$PWD" /usr/bin/${client} "$@"
`;
}

function makeRoot(): void {
  const draft = `${place}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(join(draft, 'root'), { recursive: true });
  mkdirSync(join(draft, 'bin'));
  unpack(download(join(draft, 'apt')), join(draft, 'root'));
  for (const client of clients) writeFileSync(join(draft, 'bin', client), wrapper(client), { mode: 0o755 });
  rmSync(join(draft, 'apt'), { recursive: true });
  renameSync(draft, place);
}

if (!existsSync(place)) makeRoot();
for (const client of clients) console.log(run(join(programs, client), ['--version']).trim());
const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, TMPDIR: '/tmp' };
process.exitCode = await runToEnd(process.execPath, endingProgram('vitest', ['run', ...tests]), env);
