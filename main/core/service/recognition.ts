import type { z } from 'zod';
import { artifactKeeperPrefix } from '../../../contracts/server-api/artifact-keeper/session.ts';
import { askService } from './client.ts';
import type { Answer, ServiceDeps } from './client.ts';
import { artifactKeeperForms, setupStatusAnswer, systemConfigAnswer } from './dialects/artifact-keeper.ts';
import type { Dialect } from './dialects/dialect.ts';

const timeoutMs = 3000;
/** Anybody may answer here: what these questions are answered with is short. */
const maxBytes = 64 * 1024;

/** What a host without a description of itself was recognised as. */
export interface Recognised {
  dialect: Dialect;
  /** Ways to sign in, by the names that descriptions have for them. */
  methods: string[];
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
  const [config, setup] = await Promise.all([
    ask('/system/config', systemConfigAnswer),
    ask('/setup/status', setupStatusAnswer),
  ]);
  const answered = [config, setup].find(({ kind }) => kind === 'answered');
  if (answered?.kind !== 'answered') return null;
  const takesPasswords = config.kind !== 'answered' || takesPassword(config.value.auth);
  return {
    dialect: 'artifact-keeper',
    methods: takesPasswords ? ['password'] : [],
    hasRegistry: true,
    clockSkewSeconds: answered.clockSkewSeconds,
  };
}

/** The same form takes the passwords of a directory. */
function takesPassword({
  local_login_enabled: local = true,
  ldap_enabled: ldap,
}: z.output<typeof systemConfigAnswer>['auth']): boolean {
  return local || ldap;
}
