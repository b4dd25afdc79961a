import { useState, type ReactNode } from 'react';
import type { MadeApiKey } from '../../../contracts/ipc/api-keys.ts';
import { Dialog } from '../../ui/dialog.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { MakeKeyForm } from './make-key-form.tsx';
import { MadeKeyPanel } from './made-key-panel.tsx';

interface MakeKeyDialogProps extends InOrgPlace {
  onClose: () => void;
}

/** Makes an API key, and hands it out. */
export function MakeKeyDialog({ onClose, ...place }: MakeKeyDialogProps): ReactNode {
  const [made, setMade] = useState<MadeApiKey | null>(null);
  if (made === null) {
    return (
      <Dialog opened onClose={onClose} title="New API key" size={620}>
        <MakeKeyForm {...place} onMade={setMade} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog opened held onClose={() => undefined} title={made.key.name} size={620}>
      <MadeKeyPanel {...place} made={made} onDone={onClose} />
    </Dialog>
  );
}
