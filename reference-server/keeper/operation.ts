import type { FastifyRequest } from 'fastify';
import { isKeyId, isOfKey } from '../../contracts/permissions/operations.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import { requireKeeperOperation } from '../access/keeper-operation.ts';
import type { KeeperCaller } from '../auth/keeper/caller.ts';
import type { KeeperKeys, ServerContext } from '../context.ts';
import type { AuditEvent, Tx } from '../db/write.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { readAnchor, rememberAnchor } from './anchor.ts';
import { lineText, signedLine } from './signed-lines.ts';
import type { LineContent } from './signed-lines.ts';
import { isSealed } from './system.ts';

/** Something that somebody asks the keeper to do. */
export interface Asked {
  operation: OperationId;
  /** Of the key that it is about; null for none. */
  keyId: string | null;
  caller: KeeperCaller;
  /** Where it comes from: the address, and the request without its query. */
  from: { ip: string; method: string; path: string };
}

/** What somebody asks the keeper to do by a request. */
export function askedBy({ ip, method, url }: FastifyRequest, caller: KeeperCaller) {
  const [path = ''] = url.split('?');
  return (operation: OperationId, keyId: string | null = null): Asked => ({
    ...{ operation, keyId, caller },
    from: { ip, method, path },
  });
}

/** What was done with which key, for the audit log. */
interface Noted {
  algorithm: string;
  generation: number;
}

/** What an operation has while it runs. */
export interface Scope {
  tx: Tx;
  /** Are overwritten when the keeper is sealed, which is never while an operation runs. */
  keys: KeeperKeys;
  now: Date;
  note: (noted: Noted) => void;
}

/**
 * Does something once it is known to be allowed: in one transaction with its line in the audit log, one operation at a
 * time. What is refused, or fails, changes nothing, and is in the audit log as well, a flood of it as a number. No answer
 * comes before that, but to one of a flood.
 *
 * @throws KeeperError INVALID_KEY_ID, then ACCESS_DENIED, then what the operation throws
 */
export function operate<T>(
  context: ServerContext,
  asked: Asked,
  work: (scope: Scope) => T | Promise<T>,
): Promise<T> {
  return run(context, asked, async (tx, audit, noted) => {
    const { keys } = context.keeper;
    if (keys === null) throw isSealed();
    const note = (used: Noted) => Object.assign(noted, used);
    const result = await work({ tx, keys, now: context.now(), note });
    await audit(keys);
    return result;
  });
}

/** As `operate`, for what makes, unseals or seals the keeper: `audit` takes the keys that sign the line; null for none. */
export function operateSealed<T>(
  context: ServerContext,
  asked: Asked,
  work: (tx: Tx, audit: SignLine) => Promise<T>,
): Promise<T> {
  return run(context, asked, work);
}

/** Writes the line of an operation that succeeded. */
type SignLine = (keys: KeeperKeys | null) => Promise<void>;

type Run<T> = (tx: Tx, audit: SignLine, noted: Partial<Noted>) => Promise<T>;

async function run<T>(context: ServerContext, asked: Asked, work: Run<T>): Promise<T> {
  requireKeyId(asked.keyId);
  const noted: Partial<Noted> = {};
  const actor = { name: lineText(asked.caller.subject), ip: asked.from.ip };
  try {
    requireKeeperOperation(asked.caller, asked.operation, asked.keyId);
    const { result, remember } = await context.write(actor, async (tx, audit) => {
      const signLine: SignLine = async (keys) => {
        audit(await eventOf(context, tx, asked, keys, noted, null));
      };
      const result = await work(tx, signLine, noted);
      return { result, remember: await anchorAtEnd(context, tx) };
    });
    remember();
    return result;
  } catch (error) {
    const refusal = error instanceof KeeperError ? error : new KeeperError('INTERNAL_ERROR');
    const kind = JSON.stringify([asked.caller.subject, asked.operation, refusal.code]);
    await context.keeper.refusals.note(kind, (more) =>
      context.write(actor, async (tx, audit) => {
        audit(await eventOf(context, tx, asked, context.keeper.keys, noted, { refusal, more }));
      }),
    );
    throw error;
  }
}

/** @returns Remembers what the keeper goes by at the end of a transaction, once that is through. */
async function anchorAtEnd({ keeper: { keys } }: ServerContext, tx: Tx): Promise<() => void> {
  if (keys === null) return () => undefined;
  const anchor = await readAnchor(tx, keys);
  return () => rememberAnchor(keys, anchor);
}

/** A key id that breaks its rules is told before anything of rights. */
function requireKeyId(keyId: string | null): void {
  if (keyId === null || isKeyId(keyId)) return;
  throw new KeeperError(
    'INVALID_KEY_ID',
    'A key id is lower-case letters and digits, with single hyphens between them and one colon at most.',
  );
}

async function eventOf(
  context: ServerContext,
  tx: Tx,
  { operation, keyId, caller, from }: Asked,
  keys: KeeperKeys | null,
  { algorithm, generation }: Partial<Noted>,
  refused: { refusal: KeeperError; more: number } | null,
): Promise<AuditEvent> {
  const { refusal = null, more = 0 } = refused ?? {};
  const event = `keeper.${isOfKey(operation) ? operation.slice('key.'.length) : operation}`;
  const words =
    more === 0 ? (refusal?.details ?? null) : `${String(more)} more of it. ${refusal?.details ?? ''}`;
  const content = {
    event,
    auth: { subject: lineText(caller.subject), actor: lineText(caller.actor) },
    request: { method: from.method, path: lineText(from.path), remoteAddress: from.ip },
    ...(keyId !== null && { crypto: { kid: keyId, algo: algorithm, generation } }),
    outcome: {
      statusCode: refusal?.status ?? 200,
      ...(refusal !== null && { error: refusal.code, details: words === null ? null : lineText(words) }),
    },
  };
  const line = keys === null ? null : await lineOf(tx, keys, content, context.now());
  return {
    action: event,
    outcome: refusal === null ? 'success' : 'failure',
    ...(keyId !== null && { target: keyId }),
    details: {
      ...(refusal !== null && { error: refusal.code }),
      ...(more > 0 && { more }),
      ...(generation !== undefined && { generation }),
      ...(line !== null && { line }),
    },
  };
}

/**
 * Where the integrity key itself was tampered with, nothing is done; but what is refused is told without a signature, and
 * the keeper can be sealed.
 */
async function lineOf(tx: Tx, keys: KeeperKeys, content: LineContent, now: Date): Promise<string | null> {
  try {
    return await signedLine(tx, keys, content, now);
  } catch (error) {
    const isDone = (content.outcome?.error ?? null) === null && content.event !== 'keeper.system.seal';
    if (isDone) throw error;
    return null;
  }
}
