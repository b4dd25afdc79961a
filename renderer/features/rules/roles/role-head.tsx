import { Copy, CopyPlus, FileJson, FileTerminal, Pencil, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { counted } from '../../../lib/format.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { RowMenu } from '../../../ui/row-menu.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import type { OpenRole } from '../model/desk.ts';
import css from './roles.module.css';

interface RoleHeadProps {
  opened: OpenRole;
  /** How many of its tests fail. */
  failed: number;
  busy: boolean;
  onSave: () => void;
  onDiscard: () => void;
  deeds: Readonly<
    Record<'rename' | 'duplicate' | 'copy' | 'exportClaim' | 'exportDevFile' | 'remove', () => void>
  >;
}

/** The name of a role, whether all of it is saved, and what can be done with it. */
export function RoleHead({ opened, failed, busy, onSave, onDiscard, deeds }: RoleHeadProps): ReactNode {
  const { role, isChanged } = opened;
  return (
    <div className={css['head']}>
      <div className={css['title']}>
        <h2 className={css['name']}>
          <bdi>{role.name}</bdi>
        </h2>
        {isChanged ? (
          <Badge tone="warning">Not saved</Badge>
        ) : (
          <span className={css['saved']}>
            Saved <RelativeTime at={role.changedAt} />
          </span>
        )}
        {failed > 0 && <Badge tone="error">{counted(failed, 'test fails', 'tests fail')}</Badge>}
      </div>
      <div className="kh-row">
        {isChanged && <Button onClick={onDiscard}>Discard…</Button>}
        <Button kind="primary" busy={busy} disabled={!isChanged} title="Ctrl+S in the rules" onClick={onSave}>
          Save
        </Button>
        <RowMenu
          name={role.name}
          tabIndex={0}
          actions={[
            { label: 'Rename…', icon: Pencil, run: deeds.rename },
            { label: 'Duplicate…', icon: CopyPlus, run: deeds.duplicate },
            { label: 'Copy as JSON', icon: Copy, run: deeds.copy },
            { label: 'Export the claim…', icon: FileJson, run: deeds.exportClaim },
            { label: 'Export a dev file…', icon: FileTerminal, run: deeds.exportDevFile },
            { label: 'Delete…', icon: Trash2, run: deeds.remove },
          ]}
        />
      </div>
    </div>
  );
}
