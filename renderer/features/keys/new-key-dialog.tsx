import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { defaultKeyAge, type KeyAge } from '../../../contracts/domain/key-expiry.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { KeyAgeSelect } from './key-age-select.tsx';
import { MakeKeyForm } from './make-key-form.tsx';

interface NewKeyDialogProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Makes one more key for a context, and goes on to its registration. */
export function NewKeyDialog({ context, opened, onClose }: NewKeyDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title="New key">
      <NewKeyForm context={context} onClose={onClose} />
    </Dialog>
  );
}

function NewKeyForm({ context, onClose }: Omit<NewKeyDialogProps, 'opened'>): ReactNode {
  const navigate = useNavigate();
  const [age, setAge] = useState<KeyAge>(defaultKeyAge);
  return (
    <MakeKeyForm
      hint="Tells your keys apart, here and on the dashboard."
      more={<KeyAgeSelect value={age} onChange={setAge} />}
      action="Make key"
      make={(label) => valueOf(keyhold().keys.make({ contextId: context.id, label, age }))}
      onMade={async () => {
        onClose();
        await navigate('/status/register');
      }}
      onClose={onClose}
    >
      The new key signs in to {context.serviceName} as {context.userId} once it is registered. From then on it
      takes the place of the key that signs now.
    </MakeKeyForm>
  );
}
