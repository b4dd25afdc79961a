import type { Role, RoleTest } from '../../../../contracts/ipc/rules.ts';
import { keyhold } from '../../../lib/api.ts';
import { Held } from '../../../lib/held-value.ts';
import { noteUnsaved } from '../../../lib/unsaved-work.ts';

/** What a role says: its rules, one a line, and what must stay so. */
export interface RoleContent {
  text: string;
  tests: readonly RoleTest[];
}

/**
 * What is worked on: the role that was looked at last, and what was changed and not saved. Like changes of access that are
 * prepared it outlives the page, a switch to another context and the lock, and goes with the window, but not unasked.
 */
export interface Desk {
  chosen: string | null;
  /** A role that was just made: whoever shows it first puts the keyboard into its rules. */
  begun: string | null;
  drafts: ReadonlyMap<string, RoleContent>;
}

/** By the window's door to main, which is one as long as the window stands. */
const windows = new WeakMap<object, Held<Desk>>();

export function deskOfWindow(): Held<Desk> {
  const known = windows.get(keyhold());
  if (known !== undefined) return known;
  const desk = new Held<Desk>({ chosen: null, begun: null, drafts: new Map() });
  windows.set(keyhold(), desk);
  desk.subscribe(() => noteUnsaved('rules', desk.get().drafts.size > 0));
  return desk;
}

/** A role as it is on the desk: with what was changed and not saved. */
export interface OpenRole {
  role: Role;
  content: RoleContent;
  isChanged: boolean;
}

export function openRole(role: Role, { drafts }: Desk): OpenRole {
  const draft = drafts.get(role.id);
  return { role, content: draft ?? role, isChanged: draft !== undefined };
}

/** Notes what a role shall say; nothing where that is what is saved. */
export function draftRole(desk: Held<Desk>, role: Role, content: RoleContent): void {
  const before = desk.get();
  const drafts = new Map(before.drafts);
  if (content.text === role.text && sameTests(content.tests, role.tests)) drafts.delete(role.id);
  else drafts.set(role.id, content);
  desk.set({ ...before, drafts });
}

/** Throws away what was changed in a role, or takes it for saved. */
export function settleRole(desk: Held<Desk>, roleId: string): void {
  const before = desk.get();
  const drafts = new Map(before.drafts);
  drafts.delete(roleId);
  desk.set({ ...before, drafts });
}

export function chooseRole(desk: Held<Desk>, roleId: string | null): void {
  desk.set({ ...desk.get(), chosen: roleId });
}

/** Chooses a role that was just made, to be written. */
export function beginRole(desk: Held<Desk>, roleId: string): void {
  desk.set({ ...desk.get(), chosen: roleId, begun: roleId });
}

/** Whether a role was just made; it is no more from then on. */
export function takeBegun(desk: Held<Desk>, roleId: string): boolean {
  const before = desk.get();
  if (before.begun !== roleId) return false;
  desk.set({ ...before, begun: null });
  return true;
}

function sameTests(some: readonly RoleTest[], others: readonly RoleTest[]): boolean {
  return JSON.stringify(some.map(testKey)) === JSON.stringify(others.map(testKey));
}

/** Another one for each test. */
export function testKey({ operation, keyId, allowed }: RoleTest): string {
  return `${operation} ${keyId ?? ''} ${String(allowed)}`;
}
