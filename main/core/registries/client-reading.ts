import type { ClientFileFault } from '../../../contracts/domain/client-file.ts';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import { NotText, type TextFiles } from '../ports.ts';
import { helperName } from './auth-file.ts';
import {
  deepestNesting,
  firstValueEnd,
  isBlank,
  isNamed,
  readObject,
  valueOf,
  type JsonMember,
} from './json-text.ts';

/**
 * What a client makes of its file: docs/registry-clients.md has the table, made from the clients themselves. Both are
 * written in Go, whose JSON takes names of members in upper and lower case, adds up objects that stand there twice, and
 * takes null for nothing. Podman, Skopeo and Buildah stop at a file with a fault; Docker warns and goes on with what it
 * could read.
 */
export interface ClientReading {
  /** What the client takes exception to; null for nothing. */
  readonly fault: ClientFileFault | null;
  /** The helper named for each key; an empty name names none. */
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all other registries, of Docker alone; empty for none. */
  readonly store: string;
  /** What is stored for each key: Base64 of `user:password`; may be empty. */
  readonly auths: ReadonlyMap<string, string>;
}

/** Which helper a client asks for a host by its file. `empty`: the host's entry names none. */
export type NamedHelper = 'keyhold' | 'other' | 'none' | 'empty' | 'unreadable';

/** So many objects and lists in each other are too many for Go. */
const mostNested = 10_000;

/**
 * Reads a file as a client does.
 *
 * @throws KeyholdError `storage_failed`
 */
export async function readAsClient(
  files: Pick<TextFiles, 'read'>,
  client: RegistryClient,
  file: string,
): Promise<ClientReading> {
  try {
    return readingOf(client, await files.read(file));
  } catch (error) {
    if (!(error instanceof NotText)) throw error;
    // Bytes that are no UTF-8 are replaced where they stand in strings, and all else counts.
    const reading = error.why === 'encoding' ? readingOf(client, error.lossy) : faulty(error.why);
    return error.why === 'encoding' && reading.fault !== null ? { ...reading, fault: 'encoding' } : reading;
  }
}

/** @param text - the file's content; null when there is no such file */
export function readingOf(client: RegistryClient, text: string | null): ClientReading {
  if (text === null) return faulty(null);
  if (isBlank(text)) return faulty(client === 'podman' ? 'empty' : null);
  // Docker reads the first value, and looks at nothing behind it.
  const json = client === 'docker' ? text.slice(0, firstValueEnd(text)) : text;
  const fault = grammarFault(json);
  if (fault !== null) return faulty(fault);
  const reading = decode(json, client);
  return client === 'podman' && reading.fault !== null ? faulty(reading.fault) : reading;
}

/** Which helper the client asks for a host by this file. */
export function namedIn(client: RegistryClient, reading: ClientReading, host: string): NamedHelper {
  const name = reading.helpers.get(host);
  if (name === undefined && client === 'docker' && reading.store === helperName) return 'keyhold';
  if (name === undefined || name === '') {
    if (reading.fault !== null) return 'unreadable';
    return name === '' ? 'empty' : 'none';
  }
  return name === helperName ? 'keyhold' : 'other';
}

function faulty(fault: ClientFileFault | null): ClientReading {
  return { fault, helpers: new Map(), store: '', auths: new Map() };
}

function grammarFault(text: string): ClientFileFault | null {
  if (text.startsWith('\uFEFF')) return 'byte_order_mark';
  try {
    JSON.parse(text);
  } catch {
    return 'not_json';
  }
  return deepestNesting(text) > mostNested ? 'not_json' : null;
}

/** @param text - Valid JSON. */
function decode(text: string, client: RegistryClient): ClientReading {
  const root = readObject(text, 0);
  if (root === null) return faulty(text.trim() === 'null' ? null : 'other_form');
  const helpers = new Map<string, string>();
  const auths = new Map<string, string>();
  let store = '';
  let sound = true;
  for (const member of root.members) {
    if (isNamed(member, 'credHelpers')) {
      sound = addTo(helpers, text, member, readHelper) && sound;
    } else if (isNamed(member, 'auths')) {
      sound = addTo(auths, text, member, readAuth) && sound;
    } else if (isNamed(member, 'credsStore') && client === 'docker') {
      const value = valueOf(text, member);
      if (typeof value === 'string') store = value;
      sound = isTextOrNull(value) && sound;
    }
  }
  // Docker decodes all of them at once, the others only the one that they need.
  const legible = client === 'podman' || [...auths.values()].every(isLogin);
  return { fault: sound && legible ? null : 'other_form', helpers, store, auths };
}

/** A value as the client takes it, and whether it has the form that clients read. */
interface Read {
  value: string;
  sound: boolean;
}

/**
 * Adds the members of an object to those of an object of the same name before it; null takes them back.
 *
 * @returns whether all of it has the form that clients read
 */
function addTo(
  known: Map<string, string>,
  text: string,
  member: JsonMember,
  read: (text: string, member: JsonMember) => Read,
): boolean {
  const object = readObject(text, member.valueStart);
  if (object === null) {
    if (valueOf(text, member) !== null) return false;
    known.clear();
    return true;
  }
  let sound = true;
  for (const entry of object.members) {
    const one = read(text, entry);
    known.set(entry.key, one.value);
    sound = one.sound && sound;
  }
  return sound;
}

function readHelper(text: string, entry: JsonMember): Read {
  const name = valueOf(text, entry);
  return { value: typeof name === 'string' ? name : '', sound: isTextOrNull(name) };
}

function readAuth(text: string, entry: JsonMember): Read {
  const object = readObject(text, entry.valueStart);
  if (object === null) return { value: '', sound: valueOf(text, entry) === null };
  const named = (name: string): unknown[] =>
    object.members.filter((field) => isNamed(field, name)).map((field) => valueOf(text, field));
  const auth = named('auth');
  return {
    value: auth.findLast((each) => typeof each === 'string') ?? '',
    sound: [...auth, ...named('identitytoken')].every(isTextOrNull),
  };
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

/** Whether Docker can take a user's name and password out of it: nothing stands for nobody. */
function isLogin(auth: string): boolean {
  return auth === '' || (isBase64(auth) && Buffer.from(auth, 'base64').indexOf(':') > 0);
}

/** Whether text is Base64 as Go takes it: padded, line breaks left aside. */
export function isBase64(text: string): boolean {
  const line = text.replace(/[\r\n]/g, '');
  return line.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(line);
}
