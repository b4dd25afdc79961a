import { createHash, timingSafeEqual } from 'node:crypto';
import { holdRules } from '../../../contracts/permissions/decision.ts';
import type { HeldRules } from '../../../contracts/permissions/decision.ts';
import { devHeader } from '../../../contracts/server-api/tkeeper/control.ts';
import type { KeeperSettings } from '../../config/keeper.ts';
import { KeeperError } from '../../http/keeper-error.ts';

/** Who uses the keeper. They are known to it alone, and are no users of the server. */
export interface KeeperCaller {
  /** The subject of a JWT; `dev-mode` or `anonymous`. */
  subject: string;
  /** On whose behalf it is done, which without other nodes is the subject. */
  actor: string;
  /** The rules as they were sent. */
  permissions: readonly string[];
  held: HeldRules;
}

/** The headers of a request, each once or, where it was sent several times, as a list (`headersDistinct`). */
export type SentHeaders = NodeJS.Dict<string[]>;

/**
 * Finds out who sends requests to the keeper.
 *
 * @returns Takes a request's headers; throws KeeperError 401 `UNAUTHENTICATED` or 403 `DEV_MODE_VIOLATION`.
 */
export function keeperCallers({
  auth,
  allowAnonymous,
}: KeeperSettings): (headers: SentHeaders) => KeeperCaller {
  const anonymous = allowAnonymous ? callerOf('anonymous', everything) : null;
  const dev = auth === null ? null : callerOf('dev-mode', auth.permissions);
  return (headers) => {
    const token = onlyOne(headers, devHeader);
    if (token === null) {
      if (anonymous !== null) return anonymous;
      throw new KeeperError('UNAUTHENTICATED');
    }
    if (dev === null || auth === null || !isSame(token, auth.token)) {
      throw new KeeperError('DEV_MODE_VIOLATION', 'Invalid dev mode token');
    }
    return dev;
  };
}

/** All that a keeper checks a permission for, by the number of its segments. */
const everything = ['tkeeper.*', 'tkeeper.*.*', 'tkeeper.*.*.*'];

function callerOf(subject: string, permissions: readonly string[]): KeeperCaller {
  return { subject, actor: subject, permissions, held: holdRules(permissions) };
}

/** A header's value; null where it was not sent. Several are refused: a proxy may have looked at another one than we would. */
function onlyOne(headers: SentHeaders, name: string): string | null {
  const values = headers[name.toLowerCase()] ?? [];
  if (values.length > 1) throw new KeeperError('UNAUTHENTICATED', `${name} was sent more than once`);
  return values[0] ?? null;
}

/** In constant time, whatever the lengths. */
function isSame(sent: string, kept: string): boolean {
  const [a, b] = [sent, kept].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
