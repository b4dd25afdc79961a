import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { toastError } from '../../ui/toast.ts';
import { useOpenedField } from '../../ui/use-opened-field.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import css from './api-keys.module.css';
import { apiKeysQuery } from './queries.ts';

interface RenameKeyProps extends InOrgPlace {
  shown: ApiKeySummary;
  onClose: () => void;
}

/** A key's name as a field in its row: Enter and leaving it save, Escape gives up. */
export function RenameKey({ context, shown, onClose }: RenameKeyProps): ReactNode {
  const client = useQueryClient();
  const [name, setName] = useState(shown.name);
  const field = useOpenedField();
  const rename = useMutation({
    mutationFn: (to: string) =>
      valueOf(keyhold().apiKeys.rename({ contextId: context.id, id: shown.id, name: to })),
    onSuccess: async () => {
      await client.invalidateQueries(apiKeysQuery(context));
      onClose();
    },
    onError: (error) => {
      toastError(error);
      field.current?.focus();
    },
  });
  const save = (): void => {
    const typed = name.trim();
    if (rename.isPending) return;
    if (typed === '' || typed === shown.name) onClose();
    else rename.mutate(typed);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') save();
    if (event.key === 'Escape') onClose();
    // The row and the table have keys of their own.
    event.stopPropagation();
  };
  return (
    <input
      ref={field}
      className={css['rename']}
      aria-label={`New name for ${shown.name}`}
      value={name}
      maxLength={64}
      autoComplete="off"
      spellCheck={false}
      readOnly={rename.isPending}
      onChange={(event) => setName(event.currentTarget.value)}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={onKeyDown}
      onBlur={save}
    />
  );
}
