import { loginPath } from '../../contracts/server-api/artifact-keeper/session.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { hashPassword } from '../../reference-server/auth/passwords.ts';
import { startLocalServer } from '../support/local-server.ts';
import { call } from '../support/server-client.ts';
import { toFigure, type Bench } from './figure.ts';
import { median } from './rounds.ts';

const tries = 300;

/** Two samples of so many of the same distribution are further apart once in a thousand times (Kolmogorov and Smirnov). */
const chance = 1.95 * Math.sqrt(2 / tries);

/**
 * How long a sign-in takes that is refused, by why it is: how far apart the distributions are, which is what somebody can
 * learn of which accounts there are.
 */
export const benchRefusals: Bench = async (say) => {
  const server = await startLocalServer({
    artifactKeeper: artifactKeeperSettings({ rate_limit_login: 1000 }),
  });
  try {
    // Test servers begin with hashes that cost less.
    const password_hash = await hashPassword(server.user('jonas').password);
    await server.context.write({}, async (tx) => {
      await tx.updateTable('users').set({ password_hash }).execute();
      await tx.updateTable('users').set({ status: 'disabled' }).where('username', '=', 'jonas').execute();
      await tx.updateTable('users').set({ password_hash: null }).where('username', '=', 'priya').execute();
    });
    const { wrong, ...others } = await timesOf(server, {
      wrong: { username: 'maya', password: 'not the password' },
      'nobody of that name': { username: 'nobody', password: 'not the password' },
      'a disabled account': { username: 'jonas', password: 'not the password' },
      'one with the right password': { username: 'jonas', password: server.user('jonas').password },
      'an account without a password': { username: 'priya', password: 'not the password' },
    });
    say(`${String(tries)} tries each; the middle of a wrong password ${median(wrong).toFixed(2)} ms`);
    return Object.entries(others).map(([name, times]) => {
      say(`${name}: ${median(times).toFixed(2)} ms`);
      return toFigure({
        ...{ id: 'refusals', figure: `refused to ${name}, from a wrong password`, unit: 'of 1' },
        ...{ value: distance(wrong, times), goal: { of: 'value', atMost: Number(chance.toFixed(2)) } },
      });
    });
  } finally {
    await server.stop();
  }
};

/** Signs in in turn as each of some, over and over. @returns milliseconds of each try, under its name */
async function timesOf<Name extends string>(
  server: Awaited<ReturnType<typeof startLocalServer>>,
  bodies: Readonly<Record<Name, { username: string; password: string }>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(bodies) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = -5; round < tries; round++) {
    const first = Math.floor(Math.random() * names.length);
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const begun = performance.now();
      const { status } = await call(server, loginPath, { body: bodies[name] });
      if (status !== 401) throw new Error(`${name} was answered with ${String(status)}.`);
      // The first few are slower.
      if (round >= 0) times[name].push(performance.now() - begun);
    }
  }
  return times;
}

/** The largest difference of two empirical distribution functions. */
function distance(one: readonly number[], other: readonly number[]): number {
  const part = (values: readonly number[], limit: number) =>
    values.filter((value) => value <= limit).length / values.length;
  return Math.max(...[...one, ...other].map((limit) => Math.abs(part(one, limit) - part(other, limit))));
}
