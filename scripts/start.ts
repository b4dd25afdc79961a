/** The reference server with its demo org on loopback, and the app beside it. Usage: npm start */
import './end-with-starter.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoUser, StartLine } from '../contracts/server-api/start-line.ts';
import { startTestServer } from '../test/support/server.ts';
import { buildAll } from './build.ts';
import { electronCommand } from './electron-command.ts';
import { hasDisplay } from './setup/runtime.mjs';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'out', 'start');

function describeUser({ id, username, password, orgs }: DemoUser): string {
  const places = orgs.map(({ slug, role }) => `${role} of ${slug}`).join(', ');
  return `  ${username.padEnd(8)} password ${password.padEnd(24)} user id ${id.padEnd(20)} ${places}`;
}

/** The keeper's shares are told once, by the start that made it. */
function describeKeeper(
  origin: string,
  { dev_token: token, shares64 }: NonNullable<StartLine['keeper']>,
): string {
  const shares = shares64?.map((share) => `\n    ${share}`).join('');
  const state =
    shares === undefined
      ? 'It is sealed: two of the shares that an earlier start printed unseal it there.'
      : `After the next start it is sealed; two of these shares unseal it there:${shares}`;
  return `  Keeper: add a context "With a dev token" ${token ?? ''}, or see ${origin}/ui\n  ${state}`;
}

async function startWithWindow(): Promise<void> {
  await buildAll();
  mkdirSync(folder, { recursive: true });
  const server = await startTestServer({ args: ['--port', '8970', '--data', join(folder, 'server')] });
  console.log(`Reference server at ${server.origin}; sign in to ${server.origin}/dashboard/keys as`);
  for (const user of server.users) console.log(describeUser(user));
  if (server.keeper !== undefined) console.log(describeKeeper(server.origin, server.keeper));
  const { command, args } = electronCommand([`--user-data-dir=${join(folder, 'app')}`, root]);
  const app = spawn(command, args, { stdio: 'inherit' });
  // Whoever ends this script alone means all three.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.kill());
  await once(app, 'exit');
  await server.stop();
}

if (hasDisplay()) {
  await startWithWindow().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
} else {
  console.log('No display here, so the demo runs instead: the same product, its pictures in out/demo/.');
  await import('./demo.ts');
}
