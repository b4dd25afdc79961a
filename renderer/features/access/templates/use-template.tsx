import { useState, type ReactNode } from 'react';
import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import { counted } from '../../../lib/format.ts';
import type { Sides } from '../model/cell-store.ts';
import { PrincipalsDialog } from '../parts/principals-dialog.tsx';
import { lineFor } from './template-fit.ts';

interface UseTemplateProps {
  template: AccessTemplate;
  sides: Sides;
  onChoose: (chosen: readonly AccessPrincipalSummary[]) => void;
  onClose: () => void;
}

/** Chooses for whom a template is used. */
export function UseTemplate({ template, sides, onChoose, onClose }: UseTemplateProps): ReactNode {
  const [count] = useState(
    () => sides.repositories.filter(({ name }) => lineFor(template.lines, name) !== undefined).length,
  );
  return (
    <PrincipalsDialog
      title={`Use ${template.name}`}
      principals={sides.principals}
      action={(chosen) => (chosen === 0 ? 'Prepare' : `Prepare for ${chosen.toLocaleString('en')}`)}
      onChoose={onChoose}
      onClose={onClose}
    >
      {`Whoever you choose shall have what it gives on ${counted(count, 'repository', 'repositories')}, in place of the grants to them alone that are there. It is only prepared: you review it in the matrix before it is made.`}
    </PrincipalsDialog>
  );
}
