import type { LoginItem, TextFiles } from '../core/ports.ts';

interface AutostartDeps {
  files: TextFiles;
  /** Path of our file in `$XDG_CONFIG_HOME/autostart`. */
  path: string;
  /** Program and arguments that start Keyhold; made absolute by the caller. */
  command: readonly string[];
}

/**
 * Start at login on Linux: a file of our own for the desktop to run (freedesktop.org, Desktop Application
 * Autostart Specification 0.5).
 */
export class AutostartFile implements LoginItem {
  readonly #deps: AutostartDeps;

  constructor(deps: AutostartDeps) {
    this.#deps = deps;
  }

  /** True also for a file whose command is out of date; `refresh` mends that. */
  async isOn(): Promise<boolean> {
    const text = await this.#deps.files.read(this.#deps.path);
    return text !== null && starts(text);
  }

  async set(on: boolean): Promise<void> {
    const { files, path } = this.#deps;
    if (on) await files.replace(path, this.#content(), 0o644);
    else await files.remove(path);
  }

  /** Writes the file anew if it is on and names another program: an AppImage moves with every version. */
  async refresh(): Promise<void> {
    const text = await this.#deps.files.read(this.#deps.path);
    if (text !== null && starts(text) && text !== this.#content()) await this.set(true);
  }

  #content(): string {
    return [
      '[Desktop Entry]',
      'Type=Application',
      'Version=1.5',
      'Name=Keyhold',
      'Comment=Keys and tokens for registries',
      `Exec=${this.#deps.command.map(quoteArgument).join(' ')}`,
      'Icon=keyhold',
      'Terminal=false',
      'X-GNOME-Autostart-enabled=true',
      '',
    ].join('\n');
  }
}

/** Whether the desktop starts what is in the file: a torn one has no command, and desktops turn entries off in it. */
function starts(text: string): boolean {
  const isOff = /^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(text);
  return !isOff && text.startsWith('[Desktop Entry]\n') && /^Exec=./m.test(text);
}

/** What would end the value, or be lost in it (Desktop Entry Specification 1.5, "Possible value types"). */
const lineEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * One argument of an Exec key (Desktop Entry Specification 1.5, "The Exec key"): in quotes, with what means
 * something inside them escaped; then escaped once more as every string value; a percent sign is doubled.
 */
function quoteArgument(argument: string): string {
  const quoted = `"${argument.replace(/["`$\\]/g, '\\$&')}"`;
  return quoted
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
    .replace(/[\n\r\t]/g, (sign) => lineEscapes[sign] ?? sign);
}
