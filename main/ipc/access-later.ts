import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const later = (): never => {
  throw new KeyholdError('internal');
};

export const accessLater: Pick<IpcHandlers, 'accessTemplates'> = {
  accessTemplates: { list: later, save: later, remove: later, defaults: later, saveDefaults: later },
};
