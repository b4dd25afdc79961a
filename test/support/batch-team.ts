import { AccessCaller } from './access-calls.ts';
import { AccessTeam } from './access-team.ts';
import type { LocalServer } from './local-server.ts';
import { newTeam } from './organization.ts';

/** An organization in which two owners change access: two repositories, a member in a group, a bot. */
export async function newBatchTeam(server: LocalServer) {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', eve: 'owner' });
  const access = new AccessTeam(server.context, team);
  const ids = await access.repositories('api', 'web');
  const [ada, ben, eve] = [team.person('ada'), team.person('ben'), team.person('eve')];
  const developers = await access.group('developers', ben.id);
  const bot = await access.bot('ci');
  const as = ({ token }: { token: string }) => new AccessCaller(server, token, team.slug);
  const names = { api: `${team.slug}/api`, web: `${team.slug}/web` };
  const who = { ben: `user:${ben.id}`, developers: `group:${developers}`, ci: `bot:${team.slug}/ci` };
  return {
    ...{ team, access, ids, ada, ben, eve, developers, bot, as, names, who },
    ...{ admin: as(ada), other: as(eve) },
  };
}
export type BatchTeam = Awaited<ReturnType<typeof newBatchTeam>>;
