import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';

const later = (): never => {
  throw new KeyholdError('internal');
};

export const accessLater: Pick<IpcHandlers, 'accessReview' | 'accessRequests'> = {
  accessReview: { findings: later },
  accessRequests: {
    ...{ mine: later, waiting: later, counts: later, ask: later },
    ...{ approve: later, decline: later, withdraw: later },
  },
};
