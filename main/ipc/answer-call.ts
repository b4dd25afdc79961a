import type { CallSpec } from '../../contracts/ipc/define.ts';
import { printableDeep } from '../../contracts/domain/printable.ts';
import { KeyholdError, type Failure, type Result } from '../../contracts/errors.ts';
import type { Logger } from '../core/ports.ts';
import type { Vault } from '../core/vault/vault.ts';

interface Call {
  /** `group.name`, for the log. */
  name: string;
  spec: CallSpec;
  handler: (request?: unknown) => unknown;
  /** What the window sent; exactly one value, `undefined` for calls without a request. */
  args: readonly unknown[];
  vault: Pick<Vault, 'isUnlocked'>;
  logger: Logger;
}

const commonCodes: ReadonlySet<string> = new Set(['invalid_request', 'internal', 'storage_failed']);

function failure(error: Failure): Result<never> {
  return { ok: false, error };
}

function isStorageError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    typeof code === 'string' &&
    (/^(ENOSPC|EROFS|EACCES|EPERM|EIO|EDQUOT)$/.test(code) ||
      /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN)/.test(code))
  );
}

/**
 * Runs one call: checks the request against the contract and that the vault is as the contract says, calls the handler,
 * checks its answer and makes all texts in it visible, but for those that the contract excepts: names that services, files
 * and programs chose cannot turn or hide what stands beside them. While the vault is locked the window sees nothing of what it holds, public data
 * included. Failures that the contract names are answered by their code; all others become `internal` or
 * `storage_failed`, and their text stays in the log.
 */
export async function answerCall({
  name,
  spec,
  handler,
  args,
  vault,
  logger,
}: Call): Promise<Result<unknown>> {
  const request = spec.request.safeParse(args[0]);
  if (args.length > 1 || !request.success) {
    const path = request.error?.issues[0]?.path.join('.') ?? '';
    return failure(
      path === ''
        ? { code: 'invalid_request' }
        : { code: 'invalid_request', details: { field: path.slice(0, 100) } },
    );
  }
  const locked = (): boolean => spec.needs === 'unlocked' && !vault.isUnlocked;
  if (locked()) return failure({ code: 'vault_locked' });
  try {
    const value = await handler(request.data);
    // It may have been locked meanwhile.
    if (locked()) return failure({ code: 'vault_locked' });
    return { ok: true, value: printableDeep(spec.response.parse(value), spec.verbatim) };
  } catch (error) {
    if (error instanceof KeyholdError && (spec.errors.includes(error.code) || commonCodes.has(error.code))) {
      return failure(
        error.details === undefined ? { code: error.code } : { code: error.code, details: error.details },
      );
    }
    logger.error(`ipc.${name}`, error);
    return failure({ code: isStorageError(error) ? 'storage_failed' : 'internal' });
  }
}
