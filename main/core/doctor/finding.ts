import { printable } from '../../../contracts/domain/printable.ts';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Finding } from '../../../contracts/ipc/doctor.ts';
import type { RegistryOverview } from '../registries/registry-service.ts';

/** Whose entries do not work because of a trouble, or may not. */
interface Touched {
  clients: readonly RegistryClient[];
  /** Null for all. */
  hosts: readonly string[] | null;
}

/** A finding, and how Keyhold mends it where it does. */
export interface Found extends Finding {
  /** Left out where it affects no entry. */
  touches?: Touched;
  apply?: () => Promise<void>;
}

/** What each check is given. */
export interface CheckInput {
  overview: RegistryOverview;
  /** The registries that Keyhold answers for, by host. */
  registries: RegistryOverview['registries'];
}

/** One check. It changes nothing. */
export type Check = (input: CheckInput) => Promise<Found[]> | Found[];

interface About {
  id: string;
  subject: string;
  found: string;
}

export function ok(about: About): Found {
  return { ...about, state: 'ok', why: null, mend: null };
}

interface Trouble extends About, Pick<Found, 'touches'> {
  state: 'warning' | 'broken';
  why: string;
}

/** What Keyhold mends by itself when the user says so. */
export function mendable(trouble: Trouble, label: string, apply: () => Promise<void>): Found {
  return { ...trouble, mend: { by: 'keyhold', label }, apply };
}

/** What only the person can mend. */
export function forPerson(trouble: Trouble, advice: string, command: string | null = null): Found {
  return { ...trouble, mend: { by: 'person', advice, command } };
}

/** Why a file matters that Podman cannot read. */
export const podmanStops = 'Podman, Skopeo and Buildah stop at it, for public images too.';

/** The command that gives a file another name, beside itself. */
export function moveAway(file: string): string {
  return `mv ${shellWord(file)} ${shellWord(`${file}.broken`)}`;
}

/** A word for a POSIX shell, whatever is in it. What cannot be seen is written by its bytes (POSIX.1-2024, 2.2.4). */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (printable(text, Infinity) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  const bytes = [...Buffer.from(text, 'utf8')];
  const written = bytes.map((byte) =>
    /[\w./-]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `$'${written.join('')}'`;
}
