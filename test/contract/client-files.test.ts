import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistryClient } from '../../contracts/domain/registry-client.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import { namedIn, readAsClient } from '../../main/core/registries/client-reading.ts';
import { clientFiles } from '../../main/core/registries/paths.ts';
import { fileStates, openDesk, type OpenDesk, type Outcome } from '../support/file-states.ts';
import { hasTool } from '../support/registry-tools.ts';

// What the real clients make of each state of their file is the table of docs/registry-clients.md, and what Keyhold
// takes the file for.

interface Row {
  state: string;
  podman: string;
  docker: string;
}

function readTable(): Row[] {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/registry-clients.md'), 'utf8');
  const [, section = ''] = text.split('## What clients make of their file\n');
  const rows =
    section
      .split('\n## ')[0]
      ?.match(/^\| .*$/gm)
      ?.slice(2) ?? [];
  return rows.map((row) => {
    const [, state = '', podman = '', docker = ''] = row.split('|').map((cell) => cell.trim());
    return { state, podman, docker };
  });
}

const table = readTable();
const here = {
  podman: (['skopeo', 'podman', 'buildah'] as const).filter((client) => hasTool(client)),
  docker: (['docker'] as const).filter((client) => hasTool(client)),
};

let desk: OpenDesk;
let files: DiskTextFiles;

beforeAll(async () => {
  desk = await openDesk();
  files = new DiskTextFiles(fileLogger(desk.home, 'silent'));
});
afterAll(() => {
  desk.dispose();
});

/** Makes the state of a client's file, and no other file in which it would look. */
function make(client: RegistryClient, state: string): string {
  const places = clientFiles({}, desk.home);
  for (const file of [places.podman, places.docker]) desk.clear(file);
  fileStates[state]?.(places[client], desk.host);
  return places[client];
}

/** What Keyhold expects of the client. */
async function expected(client: RegistryClient, file: string): Promise<Outcome[]> {
  const reading = await readAsClient(files, client, file);
  const named = namedIn(client, reading, desk.host);
  const warned = client === 'docker' && reading.fault !== null;
  switch (named) {
    case 'keyhold':
      return [warned ? 'warns, asks Keyhold' : 'asks Keyhold'];
    case 'other':
      // Of a helper that is not there Docker says nothing, and the others stop.
      return ['asks another', client === 'docker' ? 'goes on' : 'stops'];
    case 'none':
      return ['goes on'];
    case 'empty':
      return [client === 'docker' ? 'goes on' : 'stops'];
    case 'unreadable':
      // What a device gives is nobody's to foresee.
      if (reading.fault === 'special') return ['waits', 'stops', 'goes on', 'warns, goes on'];
      if (client === 'podman') return ['stops'];
      return reading.fault === 'no_access' ? ['warns, goes on', 'goes on'] : ['warns, goes on'];
  }
}

it('the table has every state, each once', () => {
  expect(table.map(({ state }) => state)).toEqual(Object.keys(fileStates));
});

describe.each(['podman', 'docker'] as const)('%s', (client) => {
  describe.skipIf(here[client].length === 0)('and its file', () => {
    it.each(table)('$state', async (row) => {
      const file = make(client, row.state);
      const expectation = await expected(client, file);
      for (const program of here[client]) {
        const outcome = await desk.outcome(program, file);
        const answers = row[client].split(' / ').map((answer) => `${program}: ${answer}`);
        expect(answers).toContain(`${program}: ${outcome}`);
        expect(expectation).toContain(outcome);
      }
    });
  });
});
