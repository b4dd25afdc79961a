import { Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import { Button } from '../../../ui/button.tsx';
import { Sheet } from '../../../ui/dialog.tsx';
import { Item, ItemList, SheetPart } from '../../../ui/sheet.tsx';
import { ChangedBy } from './changed-by.tsx';
import { LineFit } from './line-fit.tsx';
import { lineWords } from './template-fit.ts';

interface TemplateSheetProps {
  /** Null closes the sheet. */
  template: AccessTemplate | null;
  repositories: readonly { name: string }[];
  mayChange: boolean;
  onUse: (template: AccessTemplate) => void;
  onChange: (template: AccessTemplate) => void;
  onDelete: (template: AccessTemplate) => void;
  onClose: () => void;
}

/** What a template gives, line by line, and on which repositories now. */
export function TemplateSheet({ template, onClose, ...props }: TemplateSheetProps): ReactNode {
  return (
    <Sheet opened={template !== null} onClose={onClose} title={template?.name ?? 'Template'} size={520}>
      {template !== null && <Content template={template} {...props} />}
    </Sheet>
  );
}

type ContentProps = Omit<TemplateSheetProps, 'template' | 'onClose'> & { template: AccessTemplate };

function Content(props: ContentProps): ReactNode {
  const { template, repositories, mayChange, onUse, onChange, onDelete } = props;
  const { lines, changedAt, changedBy } = template;
  return (
    <div className="kh-stack" data-gap="5">
      <SheetPart
        title="What it gives"
        aside={
          mayChange && (
            <Button size="small" icon={<Pencil />} onClick={() => onChange(template)}>
              Change
            </Button>
          )
        }
      >
        <ItemList label="Lines">
          {lines.map((line) => (
            <Item
              key={line.repositories}
              name={line.repositories}
              notes={<LineFit {...{ lines, line, repositories }} />}
            >
              {lineWords(line)}
            </Item>
          ))}
        </ItemList>
        <p className="kh-dim">
          <ChangedBy at={changedAt} by={changedBy} />
        </p>
      </SheetPart>
      <div className="kh-row">
        <Button kind="primary" onClick={() => onUse(template)}>
          Use on…
        </Button>
        {mayChange && (
          <Button kind="danger" onClick={() => onDelete(template)}>
            Delete…
          </Button>
        )}
      </div>
      {!mayChange && <p className="kh-dim">Owners of the organization change templates.</p>}
    </div>
  );
}
