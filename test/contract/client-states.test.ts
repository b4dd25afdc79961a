import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterNoes, aheadClock } from '../support/ahead-clock.ts';
import { ClientDesk, clients, newerClients, type ClientCommand } from '../support/client-commands.ts';
import { helperHome, type ClientRun, type HelperHome } from '../support/helper-home.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { startSignInEngine, type SignInEngine } from '../support/sign-in-engine.ts';

// The commands of every client, with Keyhold in every state. The calls are the table of docs/registry-clients.md:
// what is written there is what is expected here. `npm run clients` runs this with the clients of a newer Debian.

interface Row {
  command: string;
  calls: string[];
  /** Without a credential. */
  callsWithout: string[];
}

/** The table: one row for each command. */
function readTable(): Row[] {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/registry-clients.md'), 'utf8');
  const [, section = ''] = text.split('## Calls per command\n');
  const rows = section.split('\n## ')[0]?.match(/^\| `.*$/gm) ?? [];
  return rows.flatMap((row) => {
    const [, commands = '', calls = '', without = ''] = row.split('|');
    return [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']) => ({
      command,
      calls: callsIn(calls),
      callsWithout: callsIn(without),
    }));
  });
}

/** `get` × 2, `store` */
function callsIn(cell: string): string[] {
  return [...cell.matchAll(/`(\w+)`(?: × (\d))?/g)].flatMap(([, call = '', times = '1']) =>
    Array.from({ length: Number(times) }, () => call),
  );
}

const table = readTable();
const here = new Set(clients.filter((client) => hasTool(client)));
// Images come and go by skopeo in all of them.
const testable = hasTool('skopeo');
if (process.env['PATH']?.includes(newerClients) !== true) {
  process.stderr.write(
    'The clients of Debian 13 are left out: npm run clients runs these tests with them.\n',
  );
}

const clock = aheadClock();
let server: TestServer;
let home: HelperHome;
let engine: SignInEngine;
let desk: ClientDesk;

beforeAll(async () => {
  server = await startLocalServer();
  home = await helperHome(clock);
  const image = await writeOciLayout(path.join(home.app.home, 'image'), {
    name: 'v1',
    files: { 'hello.txt': 'Hello from a real image\n' },
    architectures: ['amd64', 'arm64'],
  });
  await home.app.registries.setUp(await home.addContext(server, 'maya'), 'podman');
  engine = await startSignInEngine(server, path.join(home.app.home, 'engine.sock'));
  desk = new ClientDesk(home, server, image, engine);
  if (testable) await desk.prepare((client) => here.has(client));
});
afterAll(async () => {
  await engine.stop();
  await home.dispose();
  await server.stop();
});

/** A command as the table has it, with its client's own words for it, and how it ended. */
interface Ended {
  command: ClientCommand;
  result: ClientRun;
}

async function run({ command: name }: Row, env?: Readonly<Record<string, string>>): Promise<Ended> {
  const command = desk.commands()[name];
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  return { command, result: await desk.run(command.client, command.args, { ...command.env, ...env }) };
}

function expectDone({ command, result }: Ended, { calls }: Row): void {
  expect(result).toMatchObject({ code: command.code, calls });
  expect(result.stdout + result.stderr).toContain(command.says ?? '');
  if (command.saysNot !== undefined) expect(result.stderr).not.toContain(command.saysNot);
}

/** The person reads with each such call what to do, and the client goes on without a credential as far as it goes. */
function expectAdvice({ result }: Ended, row: Row, advice: string, by: readonly string[] = ['get']): void {
  expect(result).toMatchObject({ calls: row.callsWithout });
  expect(result.stderr.split(advice)).toHaveLength(1 + count(row.callsWithout, ...by));
  if (count(row.calls, 'get') > 0) expect(result.code).not.toBe(0);
}

function count(calls: readonly string[], ...wanted: readonly string[]): number {
  return calls.filter((call) => wanted.includes(call)).length;
}

/** Has Keyhold ask before each use, and answers each question once. */
function answering(answer: (id: string) => void): { stop: () => number } {
  const { parts } = home.app;
  const seen = new Set<string>();
  parts.asks = true;
  const cancel = parts.approvals.onQuestions(() => {
    const { question } = parts.approvals.current();
    if (question === null || seen.has(question.id)) return;
    seen.add(question.id);
    answer(question.id);
  });
  return {
    stop: () => {
      cancel();
      parts.asks = false;
      return seen.size;
    },
  };
}

const clientOf = ({ command }: Row): string => command.split(' ')[0] ?? '';
const rows = table.filter((row) => [...here].some((client) => client === clientOf(row)));
/**
 * Of each client one command for each pattern of calls. A client sees no more than the helper's answers: where these are
 * alike, and all commands are run with one of them, the others need no more than this.
 */
const oneOfEach = [
  ...new Map(
    rows.toReversed().map((row) => [[clientOf(row), row.calls, row.callsWithout].join(' / '), row]),
  ).values(),
];

it('the table has every command, each once', () => {
  expect(table.map(({ command }) => command).sort()).toEqual(Object.keys(desk.commands()).sort());
});

describe.skipIf(!testable)('with Keyhold', () => {
  it.each(rows)('open: $command', async (row) => {
    expectDone(await run(row), row);
  });

  // Late is: after another program has asked something else, and has had its answer.
  it.each(oneOfEach)('slow to answer: $command', async (row) => {
    const { app } = home;
    const person = answering((id) => {
      void runTool(app.home, app.helper, ['list']).then(({ stdout }) => {
        app.parts.approvals.answer(id, stdout.includes(server.host) ? 'allow' : 'deny', 'once');
      });
    });
    const ended = await run(row);
    expect(person.stop()).toBe(count(row.calls, 'get'));
    expectDone(ended, row);
  });

  it.each(oneOfEach)('told to deny: $command', async (row) => {
    const person = answering((id) => {
      home.app.parts.approvals.answer(id, 'deny', 'once');
      // Whoever asked three times in vain is not asked about for a while.
      clock.ahead += afterNoes;
    });
    const ended = await run(row);
    expect(person.stop()).toBe(count(row.callsWithout, 'get'));
    const advice = `Keyhold was told not to let ${ended.command.client} use ${server.host}.`;
    expectAdvice(ended, row, advice);
  });

  describe('locked', () => {
    beforeAll(() => {
      home.app.parts.vault.lock();
    });
    afterAll(async () => {
      await home.app.parts.unlock();
    });

    it.each(rows)('$command', async (row) => {
      expectAdvice(await run(row), row, 'Keyhold is locked. Unlock it and run the command again.');
    });
  });

  describe('not running', () => {
    beforeAll(async () => {
      await home.agent.stop();
    });
    afterAll(async () => {
      await home.agent.start();
    });

    it.each(oneOfEach)('$command', async (row) => {
      const advice = 'Keyhold is not running, or not for this user.';
      expectAdvice(await run(row), row, advice, ['get', 'store']);
    });
  });

  // The helper's folder is not on PATH. Docker goes on without a word, the others stop.
  it.each(oneOfEach)('not found: $command', async (row) => {
    const { command, result } = await run(row, { PATH: process.env['PATH'] ?? '' });
    expect(result.calls).toEqual([]);
    if (command.client === 'docker' || row.calls.length === 0) return;
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('docker-credential-keyhold');
  });
});
