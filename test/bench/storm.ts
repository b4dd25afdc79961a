import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { loginPath } from '../../contracts/server-api/artifact-keeper/session.ts';
import { makeHome } from '../e2e/launch.ts';
import type { TestServer } from '../support/server.ts';
import { toFigure, type Bench } from './figure.ts';
import { startOwnRegistry } from './registries.ts';
import { Subject } from './registry-subject.ts';
import { interleavedMedians, type Rounds } from './rounds.ts';

const rounds: Rounds = { warmUp: 1, counted: 7 };
const atOnce = 50;

/** What the registry gives while many people sign in with passwords, against what it gives by itself. */
export const benchStorm: Bench = async (say) => {
  const home = makeHome();
  const registry = await startOwnRegistry(join(home.folder, 'own'));
  try {
    const subject = new Subject(registry);
    await subject.prepareManifest();
    say(`${String(rounds.counted)} rounds after ${String(rounds.warmUp)} to warm up`);
    const { alone, storm } = await interleavedMedians(
      {
        alone: () => subject.manifests(),
        storm: () => whileSigningIn(registry.server, () => subject.manifests()),
      },
      rounds,
    );
    return [
      toFigure({
        id: 'storm',
        figure: `manifest GET by tag, ${String(atOnce)} people signing in at once`,
        unit: '/s',
        value: storm,
        peer: { name: 'nobody signing in', value: alone },
        goal: { of: 'ratio', atLeast: 0.8 },
      }),
    ];
  } finally {
    await registry.stop();
    home.remove();
  }
};

/** Does something while as many sign-ins as may be are always under way, each from an address of its own. */
async function whileSigningIn(server: TestServer, work: () => Promise<number>): Promise<number> {
  let over = false;
  const signIn = async (at: number): Promise<void> => {
    const { username = '', password = '' } = server.users[at % server.users.length] ?? {};
    while (!over) {
      const status = await logIn(server, JSON.stringify({ username, password }), `127.0.1.${String(at + 1)}`);
      if (status !== 200) throw new Error(`Signing in answered ${String(status)}.`);
    }
  };
  const people = Promise.all(Array.from({ length: atOnce }, (_, at) => signIn(at)));
  try {
    return await work();
  } finally {
    over = true;
    await people;
  }
}

async function logIn(server: TestServer, body: string, localAddress: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const asked = request(new URL(loginPath, server.origin), { method: 'POST', headers, localAddress });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode ?? 0;
}
