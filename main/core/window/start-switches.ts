import { hiddenSwitch } from './start-hidden.ts';

/** Starts the program as a credential helper without window. */
export const helperSwitch = '--credential-helper';

/**
 * What the packaged program takes. Chromium has some thousand switches more, among them such that open a debugger,
 * write what goes over the network to a file, take other certificates or start other programs; new ones come with
 * each version.
 */
const taken: ReadonlySet<string> = new Set([
  hiddenSwitch,
  helperSwitch,
  // Where the data lie.
  '--user-data-dir',
  // Containers and computers that give programs no sandbox; an AppImage passes it there.
  '--no-sandbox',
  // How the window gets on the screen.
  '--ozone-platform',
  '--ozone-platform-hint',
  '--enable-wayland-ime',
  '--wayland-text-input-version',
  '--gtk-version',
  '--force-device-scale-factor',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  // Language, and which keychain there is; one that does not protect is not used.
  '--lang',
  '--password-store',
]);

/** Chromium looks past more white space on Windows than `trim` knows: a next line and a Mongolian separator. */
const outerSpace = /^[\s\u0085\u180e]+|[\s\u0085\u180e]+$/gu;

/** What macOS passes of itself: the Finder's process number and one program's preferences. */
const passedByMacos = /^-(psn_|Apple|NS)/;

/**
 * The first argument that Chromium would take for a switch and that is not on the list; null when there is none.
 *
 * @param args - The command line without the program.
 */
export function refusedSwitch(args: readonly string[], platform: string): string | null {
  for (const arg of args) {
    const text = arg.replace(outerSpace, '');
    // Chromium takes a single hyphen for a switch as well, on Windows also a slash.
    if (!text.startsWith('-') && !(platform === 'win32' && text.startsWith('/'))) continue;
    if (taken.has(text.split('=', 1)[0] ?? '')) continue;
    if (platform === 'darwin' && passedByMacos.test(text)) continue;
    return text;
  }
  return null;
}
