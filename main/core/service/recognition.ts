import type { z } from 'zod';
import { artifactKeeperPrefix } from '../../../contracts/server-api/artifact-keeper/session.ts';
import { authConfigPath } from '../../../contracts/server-api/tkeeper/control.ts';
import { askService } from './client.ts';
import type { Answer, ServiceDeps } from './client.ts';
import { artifactKeeperForms, setupStatusAnswer, systemConfigAnswer } from './dialects/artifact-keeper.ts';
import type { Dialect } from './dialects/dialect.ts';
import { tkeeperAuthConfigAnswer, tkeeperForms } from './dialects/tkeeper.ts';
import { keeperSignInOf, type KeeperSignIn } from './keeper-sign-in.ts';

const timeoutMs = 3000;
/** Anybody may answer here: what these questions are answered with is short. */
const maxBytes = 64 * 1024;

/** What a host without a description of itself was recognised as. */
export interface Recognised {
  /** One at least, in the order of all. */
  dialects: Dialect[];
  /** Ways to sign in, by the names that descriptions have for them. */
  methods: string[];
  keeper: KeeperSignIn | null;
  hasRegistry: boolean;
  clockSkewSeconds: number | null;
}

/**
 * Finds out what a host is that does not describe itself: by questions that anybody may ask, side by side. Only an answer
 * of the right shape counts, so a page that is served for every address is taken for nothing.
 */
export async function recognise(deps: ServiceDeps, origin: string): Promise<Recognised | null> {
  const ask = <Schema extends z.ZodType>(path: string, schema: Schema): Promise<Answer<z.output<Schema>>> => {
    const url = `${origin}${artifactKeeperPrefix}${path}`;
    return askService(deps, { method: 'GET', url, timeoutMs, maxBytes }, artifactKeeperForms(schema));
  };
  const [config, setup, keeper] = await Promise.all([
    ask('/system/config', systemConfigAnswer),
    ask('/setup/status', setupStatusAnswer),
    askKeeperSignIn(deps, origin),
  ]);
  const answered = [config, setup].find(({ kind }) => kind === 'answered');
  const isArtifactKeeper = answered?.kind === 'answered';
  const heard = isArtifactKeeper ? answered : keeper;
  if (heard.kind !== 'answered') return null;
  const isKeeper = keeper.kind === 'answered';
  const takesPasswords = isArtifactKeeper && (config.kind !== 'answered' || takesPassword(config.value.auth));
  return {
    dialects: [
      ...(isArtifactKeeper ? (['artifact-keeper'] as const) : []),
      ...(isKeeper ? (['tkeeper'] as const) : []),
    ],
    methods: takesPasswords ? ['password'] : [],
    keeper: isKeeper ? keeper.value : null,
    hasRegistry: isArtifactKeeper,
    clockSkewSeconds: heard.clockSkewSeconds,
  };
}

/** Asks a host how its keeper lets people in, which anybody may. Never throws for what the network does. */
export async function askKeeperSignIn(deps: ServiceDeps, origin: string): Promise<Answer<KeeperSignIn>> {
  const request = { method: 'GET' as const, url: `${origin}${authConfigPath}`, timeoutMs, maxBytes };
  const answer = await askService(deps, request, tkeeperForms(tkeeperAuthConfigAnswer));
  return answer.kind === 'answered' ? { ...answer, value: keeperSignInOf(answer.value, origin) } : answer;
}

/** The same form takes the passwords of a directory. */
function takesPassword({
  local_login_enabled: local = true,
  ldap_enabled: ldap,
}: z.output<typeof systemConfigAnswer>['auth']): boolean {
  return local || ldap;
}
