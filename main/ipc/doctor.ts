import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { DoctorService } from '../core/doctor/doctor-service.ts';
import type { Clipboard } from '../core/ports.ts';

interface Deps {
  doctor: DoctorService;
  clipboard: Clipboard;
}

export function doctorHandlers({ doctor, clipboard }: Deps): IpcHandlers['doctor'] {
  return {
    run: () => doctor.run(),
    mend: ({ id }) => doctor.mend(id),
    copyCommand: async ({ id }) => {
      // It holds no secret: it stays on the clipboard.
      await clipboard.write(doctor.command(id));
    },
  };
}
