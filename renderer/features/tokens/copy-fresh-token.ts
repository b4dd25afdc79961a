import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { secondsUntil } from '../../lib/format.ts';
import { toastDone, toastError } from '../../ui/toast.ts';

/** Mints a token of that life and puts it on the clipboard at once; says so, or what went wrong, in a toast. */
export async function copyFreshToken(contextId: string, ttl: string, form: ClientForm): Promise<void> {
  try {
    const { tokenId } = await valueOf(keyhold().tokens.mint({ contextId, ttl }));
    const { clearsAt } = await valueOf(keyhold().tokens.copy({ tokenId, form }));
    toastDone(
      form === 'curl' ? 'curl command copied' : 'Token copied',
      `Valid for ${ttl}. The clipboard is cleared in ${String(secondsUntil(clearsAt, Date.now()))} s.`,
    );
  } catch (error) {
    toastError(error);
  }
}
