import { join } from 'node:path';
import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions } from 'electron';
import type { TrayAction, TrayEntry, TrayMenu } from '../core/tray/tray-menu.ts';
import type { TrayView } from '../core/tray/tray-service.ts';
import { notify } from './notifier.ts';

/** Panels that are dark whatever theme the windows have. */
const darkPanels = /\b(GNOME|Unity|Pantheon|X-Cinnamon)\b/;

/** The tray by Electron's own means: StatusNotifierItem on Linux, the menu bar on macOS, the taskbar on Windows. */
export class ElectronTray implements TrayView {
  readonly #folder: string;
  #tray: Tray | null = null;
  #menu: TrayMenu | null = null;
  #onAction: (action: TrayAction) => void = () => undefined;

  /** @param folder - with the pictures that scripts/draw-tray.ts makes */
  constructor(folder: string) {
    this.#folder = folder;
    nativeTheme.on('updated', () => this.#draw());
  }

  put(onAction: (action: TrayAction) => void): void {
    this.remove();
    this.#onAction = onAction;
    this.#tray = new Tray(this.#picture());
    this.#tray.on('click', () => onAction({ do: 'open' }));
    this.#draw();
  }

  remove(): void {
    this.#tray?.destroy();
    this.#tray = null;
  }

  show(menu: TrayMenu): void {
    this.#menu = menu;
    this.#draw();
  }

  tell(title: string, text: string): void {
    notify(title, text, true);
  }

  #draw(): void {
    if (this.#tray === null || this.#menu === null) return;
    this.#tray.setImage(this.#picture());
    this.#tray.setToolTip(this.#menu.tooltip);
    const template = this.#menu.entries.map((entry) => toItem(entry, this.#onAction));
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }

  #picture(): Electron.NativeImage {
    const name = this.#menu?.picture ?? 'locked';
    // macOS colours a picture of that name itself; @2x files beside these are found by their names.
    const variant = process.platform === 'darwin' ? 'Template' : panelIsDark() ? '-light' : '-dark';
    return nativeImage.createFromPath(join(this.#folder, `${name}${variant}.png`));
  }
}

function panelIsDark(): boolean {
  return darkPanels.test(process.env['XDG_CURRENT_DESKTOP'] ?? '') || nativeTheme.shouldUseDarkColors;
}

function toItem(entry: TrayEntry, onAction: (action: TrayAction) => void): MenuItemConstructorOptions {
  switch (entry.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'text':
      return { label: plainLabel(entry.label), enabled: false };
    case 'action':
      return {
        label: plainLabel(entry.label),
        enabled: entry.enabled,
        click: () => onAction(entry.action),
      };
    case 'radio':
      return {
        type: 'radio',
        label: plainLabel(entry.label),
        checked: entry.checked,
        click: () => onAction(entry.action),
      };
    case 'menu':
      return {
        label: plainLabel(entry.label),
        submenu: entry.entries.map((inner) => toItem(inner, onAction)),
      };
  }
}

/** An ampersand marks an access key in Electron's labels; a context's name means itself. */
function plainLabel(label: string): string {
  return label.replaceAll('&', '&&');
}
