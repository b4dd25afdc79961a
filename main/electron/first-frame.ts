import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { nativeTheme, screen } from 'electron';
import { themeForFirstFrame } from '../core/settings/first-frame-theme.ts';
import { parseWindowState, placeWindow, type Placement } from '../core/window/window-placement.ts';

/** The content of a small file in the data folder; null when there is none that can be read. */
function readSmallFile(path: string): string | null {
  try {
    // Reading a pipe would never end.
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

/**
 * Sets the theme and says where the window opens. Before the services are there: the window must neither wait
 * for them nor jump or flash when they come.
 */
export function prepareFirstFrame(dataFolder: string): Placement {
  nativeTheme.themeSource = themeForFirstFrame(readSmallFile(join(dataFolder, 'settings.json')));
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  const workAreas = [main, ...others].map(({ workArea }) => workArea);
  return placeWindow(parseWindowState(readSmallFile(join(dataFolder, 'window.json'))), workAreas);
}
