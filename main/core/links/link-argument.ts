import { appLinkScheme } from '../../../contracts/domain/app-link.ts';

const start = `${appLinkScheme}:`;

/**
 * The link that a start of the program was given: Linux and Windows pass it as an argument of its own.
 *
 * @param args - The command line.
 * @returns Null without one. Several together are one text, which is no link of ours.
 */
export function linkArgument(args: readonly string[]): string | null {
  const links = args.filter((arg) => arg.slice(0, start.length).toLowerCase() === start);
  return links.length === 0 ? null : links.join(' ');
}
