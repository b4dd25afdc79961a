import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { DoctorService } from '../core/doctor/doctor-service.ts';
import type { Clipboard } from '../core/ports.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  doctor: DoctorService;
  clipboard: Clipboard;
}

export function doctorHandlers({ vault, doctor, clipboard }: Deps): IpcHandlers['doctor'] {
  return {
    run: () => {
      requireUnlocked(vault);
      return doctor.run();
    },
    mend: ({ id }) => {
      requireUnlocked(vault);
      return doctor.mend(id);
    },
    copyCommand: async ({ id }) => {
      requireUnlocked(vault);
      // It holds no secret: it stays on the clipboard.
      await clipboard.write(doctor.command(id));
    },
  };
}
