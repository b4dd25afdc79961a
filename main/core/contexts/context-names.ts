import { userIdFault } from '../../../contracts/domain/user-id.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Sql } from '../ports.ts';
import { hasAccount, readNames, type AccountFacts } from './context-store.ts';

/** Names that look the same to a reader are the same name. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/**
 * @param holder - The context that is to have the name; null for one to add.
 * @throws KeyholdError `name_taken`.
 */
export function requireFreeName(sql: Sql, name: string, holder: string | null): void {
  const wanted = foldName(name);
  if (readNames(sql).some((other) => other.id !== holder && foldName(other.name) === wanted)) {
    throw new KeyholdError('name_taken');
  }
}

/**
 * @param holder - The context that is to be of the account; null for one to add.
 * @throws KeyholdError `already_added`.
 */
export function requireNewAccount(sql: Sql, account: AccountFacts, holder: string | null): void {
  if (hasAccount(sql, account, holder)) throw new KeyholdError('already_added');
}

/** @throws KeyholdError `invalid_user_id`. */
export function soundUserId(typed: string): string {
  if (userIdFault(typed) !== null) throw new KeyholdError('invalid_user_id');
  return typed.trim();
}
