import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeProgram } from './helper-programs.ts';
import { imageStore, runTool, type ToolResult } from './registry-tools.ts';
import { unlessItWaits } from './waiting-for-pipes.ts';

// The states that a client's file may be in, and what the real clients make of each.

/** Makes the file at a path. */
type MakeFile = (file: string, host: string) => void;

/** Text in which `HOST` stands for the registry and `ENTRY` for the member that names Keyhold for it. */
function holds(text: string, encoding: BufferEncoding = 'utf8'): MakeFile {
  return (file, host) => {
    const entry = `"credHelpers": {"${host}": "keyhold"}`;
    writeFileSync(file, Buffer.from(text.replaceAll('ENTRY', entry).replaceAll('HOST', host), encoding));
  };
}

/** By what the table in docs/registry-clients.md calls them. */
export const fileStates: Readonly<Record<string, MakeFile>> = {
  'no file': () => undefined,
  'the entry': holds('{ENTRY}'),
  'nothing (0 bytes)': holds(''),
  'white space': holds(' \n'),
  'the start of an object': holds('{ENTRY'),
  'the start of a text': holds('{ENTRY, "auths": {"a.exam'),
  'a no-break space': holds('\u00A0'),
  '`{}`': holds('{}'),
  '`null`': holds('null'),
  '`null` and the entry behind it': holds('null {ENTRY}'),
  'a list, a text or a number': holds('[]'),
  'a byte order mark, then the entry': holds('\uFEFF{ENTRY}'),
  'UTF-16': holds('\uFEFF{ENTRY}', 'utf16le'),
  'Latin-1 in a text beside the entry': holds('{"x": "\u00E9", ENTRY}', 'latin1'),
  'a trailing comma': holds('{ENTRY,}'),
  'a comment': holds('// mine\n{ENTRY}'),
  'something behind the object': holds('{ENTRY} x'),
  'a tab in a text': holds('{"x": "a\tb", ENTRY}'),
  'more than 10,000 lists in each other': holds(`{"x": ${'['.repeat(10_001)}${']'.repeat(10_001)}, ENTRY}`),
  '20 MB beside the entry': holds(`{"x": "${'\\n'.repeat(10_000_000)}", ENTRY}`),
  '`"credHelpers": null`': holds('{"credHelpers": null}'),
  '`"credHelpers": []`': holds('{"credHelpers": []}'),
  '`"CREDHELPERS"`': holds('{"CREDHELPERS": {"HOST": "keyhold"}}'),
  'the name `""`': holds('{"credHelpers": {"HOST": ""}}'),
  'the name `null`': holds('{"credHelpers": {"HOST": null}}'),
  'the name `5`': holds('{"credHelpers": {"HOST": 5}}'),
  'the name of another helper': holds('{"credHelpers": {"HOST": "other"}}'),
  'the name of a helper that is not there': holds('{"credHelpers": {"HOST": "nowhere"}}'),
  'the name `5` for another registry': holds('{"credHelpers": {"HOST": "keyhold", "a.example": 5}}'),
  'the key `http://HOST`': holds('{"credHelpers": {"http://HOST": "keyhold"}}'),
  'the key `HOST/acme`': holds('{"credHelpers": {"HOST/acme": "keyhold"}}'),
  'the entry twice, ours last': holds('{"credHelpers": {"HOST": "other", "HOST": "keyhold"}}'),
  'the entry twice, another last': holds('{"credHelpers": {"HOST": "keyhold", "HOST": "other"}}'),
  '`credHelpers` twice': holds('{ENTRY, "credHelpers": {"a.example": "other"}}'),
  '`credHelpers` twice, null last': holds('{ENTRY, "credHelpers": null}'),
  '`"auths": null`': holds('{"auths": null, ENTRY}'),
  '`"auths": []`': holds('{"auths": [], ENTRY}'),
  '`"auths": {"a.example": "x"}`': holds('{"auths": {"a.example": "x"}, ENTRY}'),
  '`"auth": 5`': holds('{"auths": {"a.example": {"auth": 5}}, ENTRY}'),
  '`"auth"` that is no Base64': holds('{"auths": {"HOST": {"auth": "%%"}}, ENTRY}'),
  '`"auth"` without a colon': holds('{"auths": {"a.example": {"auth": "bWF5YQ=="}}, ENTRY}'),
  '`"auth"` without a name': holds('{"auths": {"a.example": {"auth": "OnB3"}}, ENTRY}'),
  'a password for the registry': holds('{"auths": {"HOST": {"auth": "bWF5YTpwdw=="}}, ENTRY}'),
  '`"credsStore": "keyhold"` alone': holds('{"credsStore": "keyhold"}'),
  '`"credsStore": "keyhold"` and `"auths": []`': holds('{"credsStore": "keyhold", "auths": []}'),
  '`"credsStore": ""`': holds('{"credsStore": "", ENTRY}'),
  '`"credsStore": 5`': holds('{"credsStore": 5, ENTRY}'),
  '`"credsStore"` of another helper': holds('{"credsStore": "other", ENTRY}'),
  'a folder': (file) => {
    mkdirSync(file);
  },
  'a socket': (file) => {
    // It ends at once, and leaves the socket behind.
    const listen =
      "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
    spawnSync(process.execPath, ['-e', listen, file]);
  },
  'a pipe': (file) => {
    execFileSync('mkfifo', [file]);
  },
  'a link to a file with the entry': (file, host) => {
    holds('{ENTRY}')(`${file}.target`, host);
    symlinkSync(`${file}.target`, file);
  },
  'a link to nothing': (file) => {
    symlinkSync(`${file}.nowhere`, file);
  },
  'a link to itself': (file) => {
    symlinkSync(file, file);
  },
  'a link to `/dev/null`': (file) => {
    symlinkSync('/dev/null', file);
  },
};

/** What a client makes of a file. */
export type Outcome =
  'asks Keyhold' | 'asks another' | 'goes on' | 'warns, asks Keyhold' | 'warns, goes on' | 'stops' | 'waits';

/** A registry that anybody may read, and two helpers on PATH that give a credential. */
export interface OpenDesk {
  home: string;
  host: string;
  /** Takes what is in the folder of a file away. */
  clear(file: string): void;
  /** Has a client that has this file read from the registry. */
  outcome(client: 'skopeo' | 'podman' | 'buildah' | 'docker', file: string): Promise<Outcome>;
  dispose(): void;
}

export async function openDesk(): Promise<OpenDesk> {
  const home = mkdtempSync(path.join(tmpdir(), 'keyhold-desk-'));
  const notes = path.join(home, 'calls');
  for (const name of ['keyhold', 'other']) {
    const says = `cat >/dev/null\necho ${name} >>'${notes}'\nprintf '{"ServerURL":"x","Username":"maya","Secret":"s"}'`;
    await writeProgram(path.join(home, 'bin', `docker-credential-${name}`), says);
  }
  const server = http.createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const image = `${host}/acme/web`;
  const commands = {
    skopeo: ['list-tags', '--tls-verify=false', `docker://${image}`],
    podman: [...imageStore(home), 'search', '--list-tags', '--tls-verify=false', image],
    // Buildah has no command that only reads from a registry: it is asked for what it would send.
    buildah: ['login', '--get-login', host],
    docker: ['manifest', 'inspect', '--insecure', `${image}:v1`],
  };
  const PATH = [path.join(home, 'bin'), process.env['PATH'] ?? ''].join(path.delimiter);
  return {
    home,
    host,
    clear: (file) => {
      rmSync(path.dirname(file), { recursive: true, force: true });
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    },
    outcome: async (client, file) => {
      rmSync(notes, { force: true });
      const variables = { PATH, XDG_CONFIG_HOME: path.join(home, '.config') };
      const run = (end: AbortSignal): Promise<ToolResult> =>
        runTool(home, client, commands[client], variables, '', end);
      const result = await unlessItWaits([file], run);
      if (result === null) return 'waits';
      const { code, stderr } = result;
      const warns = client === 'docker' && stderr.includes('WARNING');
      const calls = readCalls(notes);
      if (calls.length > 0) {
        const whom = calls.at(-1) === 'keyhold' ? 'asks Keyhold' : 'asks another';
        return warns && whom === 'asks Keyhold' ? 'warns, asks Keyhold' : whom;
      }
      if (code === 0 || stderr.includes('not logged into')) return warns ? 'warns, goes on' : 'goes on';
      return 'stops';
    },
    dispose: () => {
      server.close();
      rmSync(home, { recursive: true });
    },
  };
}

function readCalls(notes: string): string[] {
  try {
    return readFileSync(notes, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function answer({ url = '' }: http.IncomingMessage, response: http.ServerResponse): void {
  if (url.endsWith('/tags/list')) {
    response.setHeader('content-type', 'application/json');
    response.end('{"name": "acme/web", "tags": ["v1"]}');
    return;
  }
  if (!url.includes('/manifests/')) {
    response.end('{}');
    return;
  }
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const config = {
    mediaType: 'application/vnd.docker.container.image.v1+json',
    size: 2,
    digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  };
  response.setHeader('content-type', mediaType);
  response.end(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] }));
}
