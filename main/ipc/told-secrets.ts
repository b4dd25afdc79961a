import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ToldSecrets } from '../core/secrets/told-secrets.ts';

interface Deps {
  told: ToldSecrets;
}

export function toldSecretsHandlers({ told }: Deps): IpcHandlers['toldSecrets'] {
  return {
    copy: ({ heldId }) => told.copy(heldId),
    reveal: ({ heldId }) => ({ secret: told.reveal(heldId) }),
    close: ({ heldId }) => told.close(heldId),
  };
}
