import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { repositoriesQuery } from '../../grants/queries.ts';
import { AskForm } from '../parts/ask-form.tsx';

interface AskDialogProps {
  context: ContextSummary;
  onClose: () => void;
}

/** Asks for access to whatever repository. Those that the user sees are offered. */
export function AskDialog({ context, onClose }: AskDialogProps): ReactNode {
  const { data } = useQuery({
    ...repositoriesQuery(context),
    enabled: context.capabilities.includes('repositories'),
  });
  const names = [...new Set(data?.repositories.map(({ name }) => name))];
  return (
    <Dialog opened onClose={onClose} title="Ask for access">
      <AskForm context={context} about={{ names }} onCancel={onClose} onDone={onClose} />
    </Dialog>
  );
}
