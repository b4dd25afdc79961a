import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { toastDone } from '../../ui/toast.ts';
import { statusKey } from '../contexts/queries.ts';
import { keysKey, rotationKey } from './queries.ts';
import { revocationWords } from './revocation-words.ts';

/** What can be done with a context's rotation. */
export interface RotationActions {
  busy: boolean;
  error: CallError | null;
  /** Begins one, or goes on with the open one. */
  goOn: () => void;
  paste: () => void;
  stop: () => void;
  undo: () => void;
  end: () => void;
}

export function useRotationActions(contextId: string): RotationActions {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: async (action: 'goOn' | 'paste' | 'stop' | 'undo' | 'end') => {
      const { keys } = keyhold();
      switch (action) {
        case 'goOn':
        case 'paste':
          await valueOf(keys.rotate({ contextId, byPasting: action === 'paste' }));
          return;
        case 'stop':
          await valueOf(keys.stopRotation({ contextId }));
          return;
        case 'undo': {
          const { revocation } = await valueOf(keys.undoRotation({ contextId }));
          toastDone('Rotation undone', `The new key is deleted. ${revocationWords[revocation]}`);
          return;
        }
        case 'end':
          await valueOf(keys.endRotation({ contextId }));
      }
    },
    onSettled: async () => {
      for (const queryKey of [keysKey, rotationKey, statusKey]) await client.invalidateQueries({ queryKey });
    },
  });
  const doing = (action: Parameters<typeof act.mutate>[0]) => (): void => act.mutate(action);
  return {
    busy: act.isPending,
    error: act.error,
    goOn: doing('goOn'),
    paste: doing('paste'),
    stop: doing('stop'),
    undo: doing('undo'),
    end: doing('end'),
  };
}
