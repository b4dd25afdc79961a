import type { ReactNode } from 'react';
import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { PickList, type PickListKind } from '../../../ui/pick-list.tsx';
import { PickFrame, PickLine } from '../../../ui/pick-line.tsx';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';

const people: PickListKind<AccessPrincipalSummary> = {
  noun: 'people, groups and bots',
  noMatch: 'Nobody of that name is in the list.',
  rowHeight: 44,
  idOf: ({ reference }) => reference,
  wordsOf: ({ name, email }) => [name, email],
};

interface PrincipalDialogProps {
  title: string;
  /** What follows from the choice. */
  children: ReactNode;
  principals: readonly AccessPrincipalSummary[];
  /** Is not offered. */
  but: AccessPrincipalSummary;
  onChoose: (reference: string) => void;
  onClose: () => void;
}

/** Chooses another principal than one. */
export function PrincipalDialog(props: PrincipalDialogProps): ReactNode {
  const { title, children, principals, but, onChoose, onClose } = props;
  return (
    <Dialog opened onClose={onClose} title={title}>
      <div className="kh-stack" data-gap="3">
        <p className="kh-dim">{children}</p>
        <PickFrame>
          <PickList
            kind={people}
            items={principals.filter(({ reference }) => reference !== but.reference)}
            current={null}
            onChoose={(reference) => {
              onClose();
              onChoose(reference);
            }}
          >
            {({ kind, name, email }) => (
              <PickLine icon={<PrincipalIcon kind={kind} />} name={name} note={email} />
            )}
          </PickList>
        </PickFrame>
      </div>
    </Dialog>
  );
}
