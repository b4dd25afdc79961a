/** The line of resources/bin/docker-credential-keyhold that installing fills in. */
const appLine = "KEYHOLD_APP=''";

/**
 * The helper script as it is installed: with the program that it starts where Perl and curl are missing.
 *
 * @param template - text of resources/bin/docker-credential-keyhold
 * @param appPath - absolute path of the packaged program, an AppImage's own file included
 */
export function fillHelperScript(template: string, appPath: string): string {
  const quoted = appPath.replaceAll("'", `'\\''`);
  return template.replace(`\n${appLine}\n`, () => `\nKEYHOLD_APP='${quoted}'\n`);
}
