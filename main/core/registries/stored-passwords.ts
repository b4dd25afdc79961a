import { isBase64 } from './client-reading.ts';
import { normaliseHost } from './host.ts';
import { isNamed, readObject, removeMember, valueOf, type JsonMember, type JsonObject } from './json-text.ts';

/**
 * The passwords that clients keep under `auths`: containers-auth.json(5), config.json of Docker. Keys are hosts, hosts
 * with a part of a repository's name, or addresses of old versions of Docker.
 */

interface Auths {
  readonly object: JsonObject;
  readonly members: readonly JsonMember[];
}

/**
 * The hosts among some for which a file has a password. Text that is no JSON object has none that a client could use.
 *
 * @param text - the file's content; null when there is no such file
 */
export function storedPasswords(text: string | null, hosts: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  if (text === null) return found;
  for (const member of readAuths(text)?.members ?? []) {
    const host = normaliseHost(member.key);
    if (host !== null && hosts.has(host) && hasSecret(text, member)) found.add(host);
  }
  return found;
}

/**
 * What Podman, Skopeo and Buildah take of what a file stores, in place of asking a helper: they read keys by the
 * letter, with and without a scheme. `part`: for some repositories alone. `illegible`: they stop at it. Null for
 * nothing.
 */
export function takenByPodman(
  auths: ReadonlyMap<string, string>,
  host: string,
): 'all' | 'part' | 'illegible' | null {
  const kinds = new Set<'all' | 'part' | 'illegible'>();
  for (const [key, auth] of auths) {
    const name = key.replace(/^https?:\/\//, '');
    const isPart = name === key && key.startsWith(`${host}/`);
    const isHost = key === host || (name !== key && name.split('/')[0] === host);
    if ((!isPart && !isHost) || auth === '') continue;
    if (!isBase64(auth)) kinds.add('illegible');
    else if (Buffer.from(auth, 'base64').includes(':')) kinds.add(isPart ? 'part' : 'all');
  }
  return (['illegible', 'all', 'part'] as const).find((kind) => kinds.has(kind)) ?? null;
}

/**
 * Takes all that is stored for a host out, as a logout does; all other bytes stay.
 *
 * @returns the new content; the same text when nothing is stored for the host
 */
export function withoutPasswords(text: string, host: string): string {
  const auths = readAuths(text);
  const member = auths?.members.find(({ key }) => normaliseHost(key) === host);
  return auths && member ? withoutPasswords(removeMember(text, auths.object, member), host) : text;
}

/** A login through a helper leaves an empty entry behind, which stands for nothing. */
function hasSecret(text: string, member: JsonMember): boolean {
  const value = valueOf(text, member);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, held]) => secretMembers.has(name.toLowerCase()) && held !== '');
}

const secretMembers: ReadonlySet<string> = new Set(['auth', 'password', 'identitytoken', 'registrytoken']);

/** Clients read the last of several members named `auths`. */
function readAuths(text: string): Auths | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const member = readObject(text, 0)?.members.findLast((each) => isNamed(each, 'auths'));
  const object = member ? readObject(text, member.valueStart) : null;
  return object && { object, members: object.members };
}
