/** The line of resources/bin/docker-credential-keyhold that installing fills in. */
const appLine = "KEYHOLD_APP=''";

/** The file beside the scripts with what they share. */
export const sharedScript = 'ask-keyhold.sh';

/** The lines of both scripts in whose place that text comes. As they are, they read it from the file. */
const sharedLines = `# Installing puts the text of the file in the place of this line.\n. "\${0%/*}/${sharedScript}"`;

/**
 * The helper script as it is installed: with what it shares with the other script, and with the program that it starts
 * where Perl and curl are missing.
 *
 * @param template - text of resources/bin/docker-credential-keyhold
 * @param shared - text of resources/bin/ask-keyhold.sh
 * @param appPath - absolute path of the packaged program, an AppImage's own file included
 */
export function fillHelperScript(template: string, shared: string, appPath: string): string {
  const quoted = appPath.replaceAll("'", `'\\''`);
  const filled = template.replace(`\n${appLine}\n`, () => `\nKEYHOLD_APP='${quoted}'\n`);
  return fillScript(filled, shared);
}

/** The script for the command line as it is installed; arguments as for `fillHelperScript`. */
export function fillScript(template: string, shared: string): string {
  return template.replace(`\n${sharedLines}\n`, () => `\n${shared}`);
}
