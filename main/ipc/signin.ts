import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { Registration } from '../core/signin/registration.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  registration: Registration;
  clipboard: SecretClipboard;
}

export function signinHandlers({ vault, registration, clipboard }: Deps): IpcHandlers['signin'] {
  return {
    card: ({ contextId }) => {
      requireUnlocked(vault);
      return registration.card(contextId);
    },
    renew: ({ contextId }) => {
      requireUnlocked(vault);
      return registration.renew(contextId);
    },
    copy: ({ contextId }) => {
      requireUnlocked(vault);
      return clipboard.copy(registration.token(contextId));
    },
    reveal: ({ contextId }) => {
      requireUnlocked(vault);
      return { token: registration.token(contextId) };
    },
    wait: ({ contextId }) => {
      requireUnlocked(vault);
      return registration.wait(contextId);
    },
    checkNow: ({ contextId }) => {
      requireUnlocked(vault);
      return registration.checkNow(contextId);
    },
    cancel: ({ contextId }) => {
      requireUnlocked(vault);
      return registration.cancel(contextId);
    },
  };
}
