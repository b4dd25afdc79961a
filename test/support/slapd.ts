import { Client } from 'ldapts';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programOnPath } from '../../scripts/setup/system-needs.mjs';
import { makeCertificate } from './certificate.ts';
import { freePort } from './gateway.ts';

/** What is missing for a directory of the tests' own, as a sentence; null for nothing. */
export const noSlapd =
  programOnPath('slapd') !== null && programOnPath('openssl') !== null
    ? null
    : 'No tests of a directory: slapd or openssl is not on this machine.';
if (noSlapd !== null) process.stderr.write(`${noSlapd}\n`);

export const baseDn = 'dc=example,dc=com';
export const peopleDn = `ou=people,${baseDn}`;
export const inPeople = (rdn: string) => `${rdn},${peopleDn}`;
export const inGroups = (name: string) => `cn=${name},ou=groups,${baseDn}`;

/** A group as LDIF, whose members are entries. */
export function groupOfNames(name: string, ...members: string[]): string {
  const lines = members.map((dn) => `member:: ${Buffer.from(dn).toString('base64')}\n`);
  return `dn: ${inGroups(name)}\nobjectClass: groupOfNames\ncn: ${name}\n${lines.join('')}`;
}

/** A group as LDIF, whose members are user names. */
export function posixGroup(name: string, gid: number, ...uids: string[]): string {
  const lines = uids.map((uid) => `memberUid: ${uid}\n`);
  return `dn: ${inGroups(name)}\nobjectClass: posixGroup\ncn: ${name}\ngidNumber: ${String(gid)}\n${lines.join('')}`;
}

/** Who reads the directory for a server. */
export const reader = { dn: `cn=reader,${baseDn}`, password: 'reads-everything-1c7e' };

/** A real directory server on free ports of this computer. */
export interface TestDirectory {
  url: string;
  secureUrl: string;
  /** PEM file of its certificate. */
  caFile: string;
  stop: () => Promise<void>;
}

/** Somebody in the directory. */
export interface TestPerson {
  uid: string;
  password: string;
  /** The last part of the name, where it is not `uid=…`. */
  cn?: string;
  mail?: string;
  /** Its `entryUUID`, where a test has to know it. */
  id?: string;
}

/** A text as a value in LDIF (RFC 2849). */
const encoded = (attribute: string, value: string): string =>
  `${attribute}:: ${Buffer.from(value).toString('base64')}\n`;

/** A text as a value in a name (RFC 4514, section 2.4). */
const inDn = (value: string): string => value.replaceAll(/[",+<>;\\=#]/g, (character) => `\\${character}`);

function entryOf({ uid, password, cn, mail, id }: TestPerson): string {
  const first = cn === undefined ? `uid=${inDn(uid)}` : `cn=${inDn(cn)}`;
  return [
    encoded('dn', `${first},ou=people,${baseDn}`),
    'objectClass: inetOrgPerson\n',
    encoded('uid', uid),
    encoded('cn', cn ?? uid),
    'sn: Person\n',
    encoded('userPassword', password),
    mail === undefined ? '' : encoded('mail', mail),
    id === undefined ? '' : encoded('entryUUID', id),
  ].join('');
}

/** Starts slapd with these people in a temporary folder. `ldif`: further entries. */
export async function startSlapd(people: readonly TestPerson[], ldif = ''): Promise<TestDirectory> {
  const folder = mkdtempSync(join(tmpdir(), 'slapd-'));
  mkdirSync(join(folder, 'data'));
  const files = makeCertificate(folder);
  const program = programOnPath('slapd');
  if (files === null || program === null) throw new Error(noSlapd ?? '');
  const config = join(folder, 'slapd.conf');
  writeFileSync(config, configOf(folder, files));
  const units = [
    `dn: ${baseDn}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n`,
    `dn: ou=people,${baseDn}\nobjectClass: organizationalUnit\nou: people\n`,
    ...people.map(entryOf),
    ...(ldif === '' ? [] : [ldif]),
  ];
  writeFileSync(join(folder, 'seed.ldif'), units.join('\n'));
  // By this name it is slapadd.
  const added = spawnSync(program, ['-T', 'add', '-q', '-f', config, '-l', join(folder, 'seed.ldif')]);
  if (added.status !== 0) throw new Error(`slapadd failed:\n${added.stderr.toString()}`);
  const url = `ldap://127.0.0.1:${String(await freePort())}`;
  const secureUrl = `ldaps://127.0.0.1:${String(await freePort())}`;
  const server = spawn(program, ['-f', config, '-h', `${url}/ ${secureUrl}/`, '-d', 'stats'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const end = () => server.kill('SIGKILL');
  process.once('exit', end);
  for await (const line of createInterface({ input: server.stderr })) {
    if (line.includes('slapd starting')) break;
  }
  server.stderr.resume();
  while (server.exitCode === null && !(await isListening(url))) continue;
  return {
    ...{ url, secureUrl, caFile: files.cert },
    stop: async () => {
      process.removeListener('exit', end);
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** slapd says that it starts a moment before it does. */
async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const heard = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return heard;
}

/** It takes sign-ins without a password for nobody's, as many directories do. */
function configOf(folder: string, { cert, key }: { cert: string; key: string }): string {
  const schemas = ['core', 'cosine', 'inetorgperson', 'nis'];
  return [
    ...schemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
    `pidfile ${folder}/slapd.pid`,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'allow bind_anon_cred bind_anon_dn',
    `TLSCertificateFile ${cert}`,
    `TLSCertificateKeyFile ${key}`,
    'database mdb',
    `suffix "${baseDn}"`,
    `directory ${folder}/data`,
    'maxsize 104857600',
    'index uid,memberUid,member,entryUUID eq',
    `rootdn "${reader.dn}"`,
    `rootpw ${reader.password}`,
    'access to attrs=userPassword by anonymous auth by * none',
    'access to * by users read by anonymous read',
    '',
  ].join('\n');
}

/** The text of the PEM file of its certificate. */
export function certificateOf({ caFile }: TestDirectory): string {
  return readFileSync(caFile, 'utf8');
}

/** Changes the directory. */
export async function changeDirectory(
  { url }: TestDirectory,
  change: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client({ url });
  await client.bind(reader.dn, reader.password);
  await change(client);
  await client.unbind();
}

/** Puts somebody there, whose password is `directory-NAME`. */
export async function addPerson(directory: TestDirectory, name: string): Promise<void> {
  await changeDirectory(directory, (client) =>
    client.add(inPeople(`uid=${name}`), {
      ...{ objectClass: 'inetOrgPerson', uid: name, cn: name, sn: name },
      userPassword: `directory-${name}`,
    }),
  );
}
