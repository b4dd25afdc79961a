import { readFileSync, statSync } from 'node:fs';
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
const ELECTRON_LIBRARIES = [
  'libnss3',
  'libatk1.0-0',
  'libatk-bridge2.0-0',
  'libgtk-3-0',
  'libgbm1',
  'libasound2',
  'libcups2',
  'libdrm2',
  'libxcomposite1',
  'libxdamage1',
  'libxrandr2',
  'libxkbcommon0',
  'libpango-1.0-0',
  'libcairo2',
  'libnotify4',
  'libsecret-1-0',
];

/** @type {Tool} */
const X_SERVER = { command: 'Xvfb', debian: 'xvfb' };

/** @type {readonly Tool[]} */
const VIRTUAL_DISPLAY = [
  { command: 'xvfb-run', debian: 'xvfb' },
  X_SERVER,
  { command: 'xauth', debian: 'xauth' },
];

/** @type {readonly Tool[]} */
const COMPILER = [
  { command: 'g++', debian: 'g++' },
  { command: 'make', debian: 'make' },
  { command: 'python3', debian: 'python3' },
];

/** @type {readonly Tool[]} */
const REGISTRY_CLIENTS = [
  { command: 'skopeo', debian: 'skopeo' },
  { command: 'podman', debian: 'podman' },
  { command: 'chromium', debian: 'chromium' },
  { command: 'curl', debian: 'curl' },
];

/**
 * A keychain of the tests' own, and what reads a saved PDF.
 * @type {readonly Tool[]}
 */
const VAULT_PEERS = [
  { command: 'gnome-keyring-daemon', debian: 'gnome-keyring' },
  { command: 'dbus-run-session', debian: 'dbus' },
  { command: 'pdftotext', debian: 'poppler-utils' },
];

/**
 * A further client of the tests; there is none outside Linux.
 * @type {Tool}
 */
const BUILDAH = { command: 'buildah', debian: 'buildah' };

/**
 * What the scripts must run on besides this system's own shell, and what loads their completions.
 * @type {readonly Tool[]}
 */
const SHELLS = [
  { command: 'bash', debian: 'bash' },
  { command: 'busybox', debian: 'busybox' },
  { command: 'zsh', debian: 'zsh' },
  { command: 'mksh', debian: 'mksh' },
];

/**
 * A desktop's parts, which the tests start for themselves: its buses, and what reads its autostart files.
 * @type {readonly Tool[]}
 */
const DESKTOP = [
  { command: 'dbus-daemon', debian: 'dbus' },
  { command: 'dbus-send', debian: 'dbus' },
  { command: 'gio', debian: 'libglib2.0-bin' },
];

/**
 * Checks the unit file of the server.
 * @type {Tool}
 */
const SUPERVISOR = { command: 'systemd-analyze', debian: 'systemd' };

/**
 * Make the private keys that the tests import.
 * @type {readonly Tool[]}
 */
const KEY_MAKERS = [
  { command: 'ssh-keygen', debian: 'openssh-client' },
  { command: 'openssl', debian: 'openssl' },
];

/** @type {readonly Tool[]} */
const BENCH_PEERS = [
  { command: 'curl', debian: 'curl' },
  { command: 'docker-credential-secretservice', debian: 'golang-docker-credential-helpers' },
  { command: 'docker-registry', debian: 'docker-registry' },
  { command: 'openssl', debian: 'openssl' },
  { command: 'gnome-keyring-daemon', debian: 'gnome-keyring' },
  { command: 'dbus-run-session', debian: 'dbus' },
];

/**
 * The packaged program takes no debugger, so its test types into its window, on a display of its own.
 * @type {readonly Tool[]}
 */
const TYPIST = [X_SERVER, { command: 'xdotool', debian: 'xdotool' }];

/**
 * Chromium without what only a window needs, for pages that are looked at by tests alone: a tenth to a fifth less work.
 * Ubuntu does not have it; there Chromium itself is used.
 * @type {Tool}
 */
const HEADLESS_SHELL = { command: 'chromium-headless-shell', debian: 'chromium-headless-shell' };

/** @returns {boolean} */
function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * What a purpose runs besides Electron. Without a display the start shows the demo instead of a window.
 * @returns {Readonly<Record<Purpose, readonly Tool[]>>}
 */
const toolsByPurpose = () => ({
  start: hasDisplay() ? [] : REGISTRY_CLIENTS,
  test: [
    ...REGISTRY_CLIENTS,
    ...SHELLS,
    ...KEY_MAKERS,
    ...(isDebian() ? [HEADLESS_SHELL] : []),
    ...(process.platform === 'linux' ? [BUILDAH, SUPERVISOR, ...TYPIST, ...VAULT_PEERS, ...DESKTOP] : []),
  ],
  demo: REGISTRY_CLIENTS,
  bench: BENCH_PEERS,
  server: [],
  check: [],
});

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
  const needed = [
    ...(hasDisplay() ? [] : VIRTUAL_DISPLAY),
    ...(also.compiler === true ? COMPILER : []),
    ...toolsByPurpose()[purpose],
  ];
  return [...new Set(needed)].filter((tool) => programOnPath(tool.command) === null);
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
  const files = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return files.find(isFile) ?? null;
}

/** @param {string} path */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
