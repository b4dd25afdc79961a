import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { AccessPlace, PreparedChange } from '../../../../contracts/ipc/access.ts';
import { toastDone, toastError, toastNote } from '../../../ui/toast.ts';
import { useAccessWork } from './access-work.ts';
import { addChanges, addedWords } from './add-changes.ts';
import type { PermissionsPageState } from './page-asked.ts';
import { sidesQuery } from './queries.ts';

/**
 * Adds changes to the pending ones of an organization, says what became of them, and shows the matrix with them. Nothing is
 * made.
 */
export function useAddChanges(place: AccessPlace) {
  const client = useQueryClient();
  const work = useAccessWork(place);
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (changes: readonly PreparedChange[]) =>
      addChanges(work, await client.query(sidesQuery(place)), changes),
    onSuccess: (told) => {
      if (told === null) {
        toastNote('First find out what became of the last changes: choose “Try again” below the matrix.');
      } else {
        const { title, note } = addedWords(told);
        if (told.added === 0) toastNote(`${title}. ${note}`);
        else toastDone(title, note);
      }
      if (told !== null && told.added === 0) return;
      const state: PermissionsPageState = { organization: place.organization, show: 'matrix' };
      void navigate('/permissions', { state });
    },
    onError: toastError,
  });
}
