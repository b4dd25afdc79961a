import { accessBits, accessVia } from '../../../../contracts/server-api/access/matrix.ts';
import type { RepositoryAction } from '../../../../contracts/server-api/repositories.ts';
import { andWords } from '../../../lib/format.ts';

export const actionNames = ['read', 'write', 'delete', 'admin'] as const satisfies RepositoryAction[];

/** What an action is called: the words of those who pull and push. */
export const actionWords: Readonly<Record<RepositoryAction, string>> = {
  ...{ read: 'pull', write: 'push', delete: 'delete', admin: 'admin' },
};

const all = accessBits.read | accessBits.write | accessBits.delete | accessBits.admin;

/** The usual sets of actions, weakest first: a key for each, `0` to `4`. Each means all before it. */
export const levels = [
  { bits: 0, word: 'none' },
  { bits: accessBits.read, word: actionWords.read },
  { bits: accessBits.read | accessBits.write, word: actionWords.write },
  { bits: all & ~accessBits.admin, word: actionWords.delete },
  { bits: all, word: actionWords.admin },
] as const;

/** The same to choose from: what each means. */
export const levelLabels = [
  'None',
  'Pull',
  'Push: pull and push',
  'Delete: pull, push and delete',
  'Admin: all, and who can use it',
] as const;

/** Admin stands for all. */
export function whole(bits: number): number {
  return (bits & accessBits.admin) === 0 ? bits : all;
}

export function bitsOf(actions: readonly string[]): number {
  return whole(
    actionNames.reduce((bits, action) => (actions.includes(action) ? bits | accessBits[action] : bits), 0),
  );
}

export function actionsOf(bits: number): RepositoryAction[] {
  return actionNames.filter((action) => (whole(bits) & accessBits[action]) !== 0);
}

/** The level that a set of actions is, or null for one of its own such as push without pull. */
export function levelOf(bits: number): number | null {
  const index = levels.findIndex((level) => level.bits === whole(bits));
  return index === -1 ? null : index;
}

/** What a click makes of a grant: the next level; of a set that is none, the weakest level that has all of it. */
export function nextLevel(bits: number): number {
  const level = levelOf(bits);
  if (level !== null) return (level + 1) % levels.length;
  return levels.findIndex((each) => (each.bits & bits) === bits);
}

/** What one may do, in a word or a few: `push`, `push and delete, without pull`. */
export function accessWords(bits: number): string {
  const level = levelOf(bits);
  if (level !== null) return levels[level]?.word ?? '';
  const actions = actionsOf(bits);
  const missing = actionNames
    .slice(0, actionNames.indexOf(actions.at(-1) ?? 'read'))
    .filter((action) => !actions.includes(action));
  return `${eachOf(actions)}, without ${eachOf(missing)}`;
}

/** Actions as nouns: `pull and push`. */
export function eachOf(actions: readonly RepositoryAction[]): string {
  return andWords(actions.map((action) => actionWords[action]));
}

/** By what the access of a cell comes about besides its own grant, in words. */
export function viaWords(via: number): string[] {
  return [
    (via & accessVia.role) !== 0 ? 'by role' : [],
    (via & accessVia.group) !== 0 ? 'through a group' : [],
    (via & accessVia.public) !== 0 ? 'as everybody' : [],
  ].flat();
}
