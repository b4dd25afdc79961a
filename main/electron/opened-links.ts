import { app } from 'electron';
import { appLinkScheme } from '../../contracts/domain/app-link.ts';
import { linkArgument } from '../core/links/link-argument.ts';

/**
 * Hears of `keyhold://` links that the system has the program open: by the command line, its own and that of a further
 * start, or on macOS by an event. To be called before the app is ready.
 *
 * @returns Begins to hand them on, those first that came before.
 */
export function hearLinks(): (open: (link: string) => void) => void {
  const early: string[] = [];
  let hand = (link: string): void => {
    early.push(link);
  };
  const take = (link: string | null): void => {
    if (link !== null) hand(link);
  };
  take(linkArgument(process.argv));
  app.on('second-instance', (_event, args) => take(linkArgument(args)));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    take(link);
  });
  // Elsewhere the package says so to the system: electron-builder.yml. A checkout is nobody's choice for links.
  if (app.isPackaged && process.platform === 'win32') app.setAsDefaultProtocolClient(appLinkScheme);
  return (open) => {
    hand = open;
    early.splice(0).forEach(open);
  };
}
