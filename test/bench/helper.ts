import { spawnSync } from 'node:child_process';
import { programOnPath } from '../../scripts/setup/system-needs.mjs';
import { makeHome, type Home } from '../e2e/launch.ts';
import { startTestServer } from '../support/server.ts';
import { toFigure, type Bench, type Figure } from './figure.ts';
import { missingForKeyring, startKeyringWithHelper, type KeyringWithHelper } from './keyring.ts';
import { launchRegistered } from './registered-app.ts';
import { timeProcesses, type Command } from './timed-processes.ts';

const rounds = { warmUp: 10, counted: 200 };
const peerName = 'docker-credential-secretservice get';

/** Runs a credential helper once, and gives what it printed. */
function runOnce({ file, args, input, env }: Omit<Command, 'answer'>): string {
  const { status, stdout, stderr } = spawnSync(file, args, { input, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} failed: ${stdout}${stderr}`);
  return stdout;
}

/**
 * Lets the keyring hold what Keyhold gives, so that both helpers answer alike.
 *
 * @returns the command that asks the keyring for it
 */
function storeIn(keyring: KeyringWithHelper, credential: string, host: string): Command {
  const peer = { file: keyring.helper, env: keyring.env };
  runOnce({ ...peer, args: ['store'], input: credential });
  const { Secret } = JSON.parse(credential) as { Secret: string };
  return { ...peer, args: ['get'], input: host, answer: Secret };
}

/** What it costs to start and end any process from there. */
function nothing(home: Home): Command {
  const file = programOnPath('true');
  if (file === null) throw new Error('There is no program "true" on the path.');
  return { file, args: [], input: '', env: home.env, answer: '' };
}

async function measure(home: Home, host: string, keyring: KeyringWithHelper | null): Promise<Figure[]> {
  const get = { file: home.helperPath, args: ['get'], input: host, env: home.env };
  const credential = runOnce(get);
  const medians = await timeProcesses({
    commands: {
      keyhold: { ...get, answer: '"Secret":"ey' },
      ...(keyring === null ? {} : { peer: storeIn(keyring, credential, host) }),
      floor: nothing(home),
    },
    rounds,
  });
  const { keyhold = NaN, peer = null, floor = null } = medians;
  const absent = keyring === null ? `; not here: ${missingForKeyring().join(', ')}` : '';
  const facts = { id: 'helper', figure: 'docker-credential-keyhold get', unit: 'ms', value: keyhold };
  return [
    toFigure({
      ...facts,
      peer: { name: peerName + absent, value: peer },
      goal: { of: 'ratio', atMost: 0.65 },
    }),
    toFigure({ ...facts, peer: { name: 'true (floor)', value: floor } }),
  ];
}

/** The credential helper as a whole process, the app running, against Docker's helper for GNOME's keyring. */
export const benchHelper: Bench = async (say) => {
  const home = makeHome();
  const missing = missingForKeyring();
  if (missing.length > 0) say(`without its peer, as this machine does not have ${missing.join(', ')}`);
  const server = await startTestServer();
  const keyring = missing.length > 0 ? null : await startKeyringWithHelper(home);
  try {
    const app = await launchRegistered(home, server, 'maya');
    say(`${String(rounds.counted)} rounds after ${String(rounds.warmUp)} to warm up`);
    try {
      return await measure(home, server.host, keyring);
    } finally {
      await app.electron.close();
    }
  } finally {
    await keyring?.stop();
    await server.stop();
    home.remove();
  }
};
