import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasDisplay } from './runtime.mjs';
import { ProgramFailed, run } from './run.mjs';

/**
 * @typedef {'start' | 'test' | 'demo' | 'bench' | 'server' | 'check'} Purpose
 * What the checkout is made ready for.
 */

/** @type {readonly Purpose[]} */
export const PURPOSES = ['start', 'test', 'demo', 'bench', 'server', 'check'];

/**
 * @typedef {{ command: string, debian: string }} Tool
 * A program that must be on the path, and the Debian package that has it.
 */

/** What Electron is linked with or loads, in Debian's packages. */
const ELECTRON_LIBRARIES = (
  'libnss3 libatk1.0-0 libatk-bridge2.0-0 libgtk-3-0 libgbm1 libasound2 libcups2 libdrm2 libxcomposite1 ' +
  'libxdamage1 libxrandr2 libxkbcommon0 libpango-1.0-0 libcairo2 libnotify4 libsecret-1-0'
).split(' ');

// Programs, each with the Debian package that has it.

const VIRTUAL_DISPLAY = { 'xvfb-run': 'xvfb', Xvfb: 'xvfb', xauth: 'xauth' };

const COMPILER = { 'g++': 'g++', make: 'make', python3: 'python3' };

const REGISTRY_CLIENTS = { skopeo: 'skopeo', podman: 'podman', chromium: 'chromium', curl: 'curl' };

/**
 * Further shells that the scripts must run on, the programs that make private keys for the import, and what people paste
 * the app's lines into.
 */
const TESTS = {
  bash: 'bash',
  busybox: 'busybox',
  zsh: 'zsh',
  mksh: 'mksh',
  'ssh-keygen': 'openssh-client',
  openssl: 'openssl',
  http: 'httpie',
};

/**
 * Chromium without what only a window needs, which saves the tests of pages a tenth to a fifth of their time. Ubuntu does
 * not have it; there Chromium itself is used.
 */
const DEBIAN_TESTS = { 'chromium-headless-shell': 'chromium-headless-shell' };

const LINUX_TESTS = {
  // A further client; there is none outside Linux.
  buildah: 'buildah',
  // The server's contract tests run a second time on it.
  initdb: 'postgresql',
  // A directory that people sign in with.
  slapd: 'slapd',
  // Checks the unit file of the server.
  'systemd-analyze': 'systemd',
  // The packaged program takes no debugger, so its test types into its window, on a display of its own.
  Xvfb: 'xvfb',
  xdotool: 'xdotool',
  // A keychain of the tests' own, and what reads a saved PDF.
  'gnome-keyring-daemon': 'gnome-keyring',
  'dbus-run-session': 'dbus',
  pdftotext: 'poppler-utils',
  // A desktop's parts, which the tests start for themselves: its buses, and what reads its autostart files.
  'dbus-daemon': 'dbus',
  'dbus-send': 'dbus',
  gio: 'libglib2.0-bin',
};

const BENCH_PEERS = {
  curl: 'curl',
  'docker-credential-secretservice': 'golang-docker-credential-helpers',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  'gnome-keyring-daemon': 'gnome-keyring',
  'dbus-run-session': 'dbus',
};

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * What a purpose runs besides Electron.
 * @param {Purpose} purpose
 * @returns {Readonly<Record<string, string>>}
 */
function programsFor(purpose) {
  switch (purpose) {
    case 'start':
      // Without a display it shows the demo instead of a window.
      return hasDisplay() ? {} : REGISTRY_CLIENTS;
    case 'demo':
      return REGISTRY_CLIENTS;
    case 'test':
      return {
        ...REGISTRY_CLIENTS,
        ...TESTS,
        ...(isDebian() ? DEBIAN_TESTS : {}),
        ...(process.platform === 'linux' ? LINUX_TESTS : {}),
      };
    case 'bench':
      return BENCH_PEERS;
    case 'server':
    case 'check':
      return {};
  }
}

/**
 * Whether a purpose runs the app; the others need nothing but the packages of npm.
 * @param {Purpose} purpose
 * @returns {boolean}
 */
export function needsElectron(purpose) {
  return purpose !== 'server' && purpose !== 'check';
}

/**
 * The programs that a purpose needs on this machine and that are not on the path.
 * @param {Purpose} purpose
 * @param {{ compiler?: boolean }} [also] `compiler`: what builds better-sqlite3 is needed too
 * @returns {Tool[]}
 */
export function missingTools(purpose, also = {}) {
  const needed = {
    ...(hasDisplay() ? {} : VIRTUAL_DISPLAY),
    ...(also.compiler === true ? COMPILER : {}),
    ...programsFor(purpose),
  };
  return Object.entries(needed)
    .filter(([command]) => programOnPath(command) === null)
    .map(([command, debian]) => ({ command, debian }));
}

/**
 * The shared libraries that a program wants and the system does not have. Linux only: the others' Electron
 * brings all it needs.
 * @param {string} executable
 * @returns {Promise<string[]>} file names such as "libnss3.so"
 */
export async function missingLibraries(executable) {
  if (process.platform !== 'linux') return [];
  try {
    return parseLdd(await run('ldd', [executable]));
  } catch (error) {
    if (error instanceof ProgramFailed) return parseLdd(error.output);
    throw error;
  }
}

/**
 * @param {string} output what ldd wrote
 * @returns {string[]} the libraries that it did not find
 */
export function parseLdd(output) {
  return [...output.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name ?? '');
}

/**
 * The Debian packages that bring what is missing, each once.
 * @param {readonly string[]} libraries what `missingLibraries` gives
 * @param {readonly Tool[]} tools what `missingTools` gives
 * @returns {string[]}
 */
export function debianPackages(libraries, tools) {
  const packages = libraries.length > 0 ? ELECTRON_LIBRARIES : [];
  return [...new Set([...packages, ...tools.map((tool) => tool.debian)])];
}

/**
 * Finds a program as a shell would.
 * @param {string} command its name, without the ending that Windows adds
 * @returns {string | null} its file, or null where it is not on the path
 */
export function programOnPath(command) {
  const name = process.platform === 'win32' ? `${command}.exe` : command;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  if (command === 'initdb') folders.push(...debianPostgres());
  // Not on everybody's path.
  if (command === 'slapd') folders.push('/usr/sbin');
  return folders.map((folder) => join(folder, name)).find(isFile) ?? null;
}

/**
 * Where Debian keeps the programs of PostgreSQL's server, off the path: a folder for each version, the newest first.
 * @returns {string[]}
 */
function debianPostgres() {
  const root = '/usr/lib/postgresql';
  try {
    const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one));
    return versions.map((version) => join(root, version, 'bin'));
  } catch {
    return [];
  }
}

/** @param {string} path */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
