import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { Registration } from '../core/signin/registration.ts';

interface Deps {
  registration: Registration;
  clipboard: SecretClipboard;
}

export function signinHandlers({ registration, clipboard }: Deps): IpcHandlers['signin'] {
  return {
    card: ({ contextId }) => registration.card(contextId),
    renew: ({ contextId }) => registration.renew(contextId),
    copy: ({ contextId }) => clipboard.copy(registration.token(contextId)),
    reveal: ({ contextId }) => ({ token: registration.token(contextId) }),
    wait: ({ contextId }) => registration.wait(contextId),
    checkNow: ({ contextId }) => registration.checkNow(contextId),
    cancel: ({ contextId }) => registration.cancel(contextId),
  };
}
