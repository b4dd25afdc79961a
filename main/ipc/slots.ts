import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SecretClipboard } from '../core/clipboard/secret-clipboard.ts';
import type { RecoverySheets } from '../core/vault/recovery-sheets.ts';
import type { VaultSlots } from '../core/vault/vault-slots.ts';

interface Deps {
  slots: VaultSlots;
  sheets: RecoverySheets;
  clipboard: SecretClipboard;
}

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

export function slotsHandlers({ slots, sheets, clipboard }: Deps): IpcHandlers['slots'] {
  return {
    list: async () => ({ slots: slots.list(), keychain: await slots.keychainBackend() }),
    changePassphrase: (passphrases) =>
      slots.changePassphrase({ old: utf8(passphrases.old), new: utf8(passphrases.new) }),
    rekey: ({ passphrase }) => slots.rekey(utf8(passphrase)),
    addKeychain: ({ passphrase }) => slots.addKeychain(utf8(passphrase)),
    remove: ({ kind }) => slots.remove(kind),
    makeRecoveryCode: async ({ passphrase }) => ({ codeId: await slots.makeRecoveryCode(utf8(passphrase)) }),
    revealCode: ({ codeId }) => ({ code: slots.codes.reveal(codeId) }),
    copyCode: ({ codeId }) => clipboard.copy(slots.codes.read(codeId).code),
    saveCode: async ({ codeId, form }) => ({ saved: await sheets.save(codeId, form) }),
    printCode: async ({ codeId }) => ({ printed: await sheets.print(codeId) }),
    forgetCode: ({ codeId }) => slots.codes.forget(codeId),
  };
}
