import { apiErrorBodySchema, type ApiErrorCode } from '../../contracts/server-api/errors.ts';
import {
  branchesPath,
  projectListSchema,
  projectPath,
  projectsPath,
} from '../../contracts/server-api/kisenon/projects.ts';
import { whoamiSchema } from '../../contracts/server-api/whoami.ts';
import type { Home } from '../../test/e2e/launch.ts';
import { hasTool, runTool } from '../../test/support/registry-tools.ts';
import type { Scene } from './scene.ts';

/** A key that may read one project, as its maker took it. */
export interface TakenKey {
  secret: string;
  /** The command that the app copies. */
  curl: string;
  /** Ids of the project that it is for, and of another one. */
  own: string;
  other: string;
}

/** Uses the key by curl as a script would, within what it is for and beyond it. */
export async function useKey({ journal, server }: Scene, home: Home, key: TakenKey): Promise<void> {
  if (!hasTool('curl')) return;
  /** The key goes in by standard input: other users of a computer can read arguments. */
  const curl = async (path: string, ...args: string[]): Promise<unknown> => {
    const all = ['--silent', '--show-error', '--header', '@-', ...args, `${server.origin}${path}`];
    const { stdout } = await must(home, 'curl', all, `Authorization: Bearer ${key.secret}`);
    return JSON.parse(stdout);
  };
  const refused = async (
    title: string,
    code: ApiErrorCode,
    answer: () => Promise<unknown>,
  ): Promise<void> => {
    const { error } = await journal.step(title, async () => apiErrorBodySchema.parse(await answer()));
    if (error.code !== code) throw new Error(`The answer was ${error.code}, not ${code}.`);
    journal.note(`${error.code}: ${error.message}`);
  };
  const { user, org, auth } = await journal.step(
    'the curl command that the app copies runs as it is',
    async () =>
      whoamiSchema.parse(JSON.parse((await must(home, 'sh', ['-c', `${key.curl} --silent`])).stdout)),
  );
  journal.note(`${String(user?.username)} in ${String(org)}: ${auth.scopes.join(', ')}`);
  const { projects } = await journal.step(`curl ${projectsPath}`, async () =>
    projectListSchema.parse(await curl(projectsPath)),
  );
  journal.note(`the key sees ${projects.map(({ name }) => name).join(', ')} and nothing else`);
  await refused(`curl ${projectPath('')}… of the other project is refused`, 'scope_insufficient', () =>
    curl(projectPath(key.other)),
  );
  const branch = ['--json', '{"name": "sale"}'];
  await refused('curl --json to make a branch in its own project is refused', 'capability_insufficient', () =>
    curl(branchesPath(key.own), ...branch),
  );
}

async function must(home: Home, program: string, args: string[], input = ''): Promise<{ stdout: string }> {
  const result = await runTool(home.folder, program, args, {}, input);
  if (result.code !== 0) throw new Error(`${program}: ${result.stderr.trim()}`);
  return result;
}
