import type { ClientFileFault } from '../../../contracts/domain/client-file.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { JsonMember, JsonObject, MemberLayout } from './json-text.ts';
import {
  appendMember,
  isBlank,
  isNamed,
  layoutOf,
  readObject,
  removeMember,
  replaceRange,
  valueOf,
} from './json-text.ts';

/**
 * The file in which a client looks for its helpers, as text in and text out: containers-auth.json(5) of Podman, Skopeo
 * and Buildah, and config.json of Docker, from which the former has its form. Only the member
 * `credHelpers["host[:port]"]` is ever touched here; all other bytes stay as they are.
 */

/** What the helper's name stands for: the program `docker-credential-keyhold`. */
export const helperName = 'keyhold';

interface AuthFile {
  readonly root: JsonObject;
  readonly helpersMember: JsonMember | null;
  readonly helpers: JsonObject | null;
  readonly entry: JsonMember | null;
}

/** The layout that Podman and Docker themselves write. */
const indentUnit = '\t';

/**
 * Names Keyhold as the helper of a host.
 *
 * @param text - the file's content; null when there is no such file. One that says nothing, empty or `null`, is
 *   written anew; so is `credHelpers` where it is null, and an entry that names nobody.
 * @param host - `host[:port]` as `normaliseHost` gives it
 * @returns the new content; the same text when Keyhold is named already
 * @throws KeyholdError `auth_file_invalid`: not a JSON object, or one whose `credHelpers` cannot be read without
 *   doubt; `auth_file_entry_foreign`: another helper is named for the host
 */
export function addHelper(text: string | null, host: string): string {
  if (text === null || saysNothing(text)) {
    return `${objectText('\n', memberText('credHelpers', nestedHelper('\n\t', host)))}\n`;
  }
  const file = readAuthFile(text, host);
  if (file.entry) {
    const name = valueOf(text, file.entry);
    if (name === helperName) return text;
    if (!namesNobody(name)) throw new KeyholdError('auth_file_entry_foreign');
    return replaceRange(text, file.entry.valueStart, file.entry.valueEnd, quote(helperName));
  }
  if (!file.helpersMember) return addHelpers(text, file.root, host);
  const layout = file.helpers && layoutOf(text, file.helpers);
  if (file.helpers && layout)
    return appendMember(text, file.helpers, layout, memberText(host, quote(helperName), layout));
  const around = layoutOf(text, { ...file.root, members: [file.helpersMember] });
  const value = nestedHelper(around?.separator ?? '', host, around?.colon);
  return replaceRange(text, file.helpersMember.valueStart, file.helpersMember.valueEnd, value);
}

/**
 * Takes Keyhold's entry for a host out, and `credHelpers` with it when nothing else is named there.
 *
 * @returns the new content; the same text when Keyhold is not named
 * @throws KeyholdError `auth_file_invalid`
 */
export function removeHelper(text: string, host: string): string {
  if (saysNothing(text)) return text;
  const { root, helpersMember, helpers, entry } = readAuthFile(text, host);
  if (!entry || !helpers || !helpersMember || valueOf(text, entry) !== helperName) return text;
  return helpers.members.length === 1
    ? removeMember(text, root, helpersMember)
    : removeMember(text, helpers, entry);
}

function addHelpers(text: string, root: JsonObject, host: string): string {
  const layout = layoutOf(text, root);
  if (layout) {
    const helpers = nestedHelper(layout.separator, host, layout.colon);
    return appendMember(text, root, layout, memberText('credHelpers', helpers, layout));
  }
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const helpers = memberText('credHelpers', nestedHelper(lineBreak + indentUnit, host));
  return replaceRange(text, root.open, root.close + 1, objectText(lineBreak, helpers));
}

/** The value of `credHelpers` with its one entry, laid out to follow a key that stands behind `separator`. */
function nestedHelper(separator: string, host: string, colon?: string): string {
  const entry = memberText(host, quote(helperName), colon === undefined ? undefined : { colon });
  return separator.includes('\n') ? objectText(separator, entry) : `{${entry}}`;
}

/** An object with one member on a line of its own; `separator` is the line break and indentation before it. */
function objectText(separator: string, member: string): string {
  const lineBreak = separator.startsWith('\r') ? '\r\n' : '\n';
  const indentation = separator.slice(lineBreak.length);
  return `{${separator}${indentation === '' ? indentUnit : indentation}${member}${separator}}`;
}

function memberText(key: string, value: string, layout?: Pick<MemberLayout, 'colon'>): string {
  return `${quote(key)}${layout?.colon ?? ': '}${value}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function readAuthFile(text: string, host: string): AuthFile {
  const { helpers, ...file } = readHelpers(text);
  const entry = readEntry(text, helpers?.members.filter(({ key }) => key === host) ?? []);
  return { ...file, helpers, entry };
}

function readHelpers(text: string): Omit<AuthFile, 'entry'> {
  requireJson(text);
  const root = readObject(text, 0);
  if (!root) throw invalid('other_form');
  const helpersMember = only(root.members.filter((member) => isNamed(member, 'credHelpers')));
  const helpers = helpersMember ? readObject(text, helpersMember.valueStart) : null;
  if (helpersMember && !helpers && valueOf(text, helpersMember) !== null) throw invalid('other_form');
  return { root, helpersMember, helpers };
}

/** @param members - those of a host */
function readEntry(text: string, members: readonly JsonMember[]): JsonMember | null {
  const entry = only(members);
  const name = entry && valueOf(text, entry);
  if (name !== null && typeof name !== 'string') throw invalid('other_form');
  return entry;
}

/** Clients take such a file for none, or stop at it. */
function saysNothing(text: string): boolean {
  return isBlank(text) || text.trim() === 'null';
}

function namesNobody(name: unknown): boolean {
  return name === '' || name === null;
}

function requireJson(text: string): void {
  if (text.startsWith('\uFEFF')) throw invalid('byte_order_mark');
  try {
    JSON.parse(text);
  } catch {
    throw invalid('not_json');
  }
}

/** The member of a name. Two of them mean different things to different readers: such a file is left alone. */
function only(members: readonly JsonMember[]): JsonMember | null {
  if (members.length > 1) throw invalid('twice');
  return members[0] ?? null;
}

function invalid(fault: ClientFileFault): KeyholdError {
  return new KeyholdError('auth_file_invalid', { fault });
}
