import { useQuery } from '@tanstack/react-query';
import { LayoutTemplate, Pencil, Plus, Trash2, UserPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccessPlace, AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import { templatesMax } from '../../../../contracts/server-api/access/templates.ts';
import { keyhold } from '../../../lib/api.ts';
import { Button } from '../../../ui/button.tsx';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../../ui/data-table.tsx';
import { DeedDialog } from '../../../ui/deed-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Section } from '../../../ui/page.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import type { Sides } from '../model/cell-store.ts';
import { templatesQuery } from './queries.ts';
import { TemplateDialog } from './template-dialog.tsx';
import { changesOf, templateWords } from './template-fit.ts';
import { TemplateSheet } from './template-sheet.tsx';
import { UseTemplate } from './use-template.tsx';

const columns: readonly Column<AccessTemplate>[] = [
  {
    head: 'Template',
    orderBy: ({ name }) => name,
    cell: ({ lines }, name) => (
      <>
        {name}
        <SecondLine>{templateWords(lines)}</SecondLine>
      </>
    ),
  },
  {
    head: 'Changed',
    orderBy: ({ changedAt }) => changedAt,
    cell: ({ changedAt, changedBy }) => (
      <>
        <RelativeTime at={changedAt} />
        {changedBy !== null && (
          <SecondLine>
            by <bdi>{changedBy}</bdi>
          </SecondLine>
        )}
      </>
    ),
  },
];

const filter: Filter<AccessTemplate> = {
  label: 'Filter by name or what it gives',
  noun: 'templates',
  noMatch: 'No template matches the filter.',
  from: 8,
  wordsOf: ({ name, lines, changedBy }) => [
    name,
    changedBy,
    ...lines.map(({ repositories }) => repositories),
  ],
};

type Layer = { kind: 'none' | 'new' } | { kind: 'change' | 'use' | 'delete'; template: AccessTemplate };

interface TemplatesProps {
  place: AccessPlace;
  sides: Sides;
  /** What a template gives to somebody is to be prepared. */
  onPrepare: (changes: ReturnType<typeof changesOf>) => void;
}

/** The templates of an organization: looked at, made, changed, used. */
export function Templates({ place, sides, onPrepare }: TemplatesProps): ReactNode {
  const list = useQuery(templatesQuery(place));
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [layer, setLayer] = useState<Layer>({ kind: 'none' });
  const { templates, mayChange = false } = list.data ?? {};
  const make = mayChange && (templates?.length ?? 0) < templatesMax && (
    <Button icon={<Plus />} onClick={() => setLayer({ kind: 'new' })}>
      New template
    </Button>
  );
  const ask = (kind: 'change' | 'use' | 'delete') => (template: AccessTemplate) => {
    setOpenedId(null);
    setLayer({ kind, template });
  };
  const opened = templates?.find(({ id }) => id === openedId) ?? null;
  return (
    <Section title="Templates" aside={templates?.length !== 0 && make}>
      <DataTable
        label="Templates"
        columns={columns}
        list={{ ...list, data: templates }}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        empty={<NoTemplates mayChange={mayChange} make={make} />}
        onOpen={({ id }) => setOpenedId(id)}
        menuOf={(template) => [
          { label: 'Use on…', icon: UserPlus, run: () => ask('use')(template) },
          ...(mayChange
            ? [
                {
                  label: 'Change…',
                  icon: Pencil,
                  run: () => {
                    ask('change')(template);
                  },
                },
                {
                  label: 'Delete…',
                  icon: Trash2,
                  run: () => {
                    ask('delete')(template);
                  },
                },
              ]
            : []),
        ]}
      />
      <TemplateSheet
        template={opened}
        {...{ mayChange, repositories: sides.repositories }}
        onUse={ask('use')}
        onChange={ask('change')}
        onDelete={ask('delete')}
        onClose={() => setOpenedId(null)}
      />
      <Layers
        {...{ place, sides, layer }}
        onUse={(template, chosen) =>
          onPrepare(changesOf(template.lines, chosen, sides.repositories, Date.now()))
        }
        onClose={() => setLayer({ kind: 'none' })}
      />
    </Section>
  );
}

function NoTemplates({ mayChange, make }: { mayChange: boolean; make: ReactNode }): ReactNode {
  return (
    <EmptyState picture={<LayoutTemplate />} title="No templates yet" action={make}>
      {mayChange
        ? 'A template says what somebody is usually given, such as a release bot: pull on all repositories, push on some. You use it on whom you like.'
        : 'Owners of the organization make them. You can then use them on the repositories that you administer.'}
    </EmptyState>
  );
}

interface LayersProps {
  place: AccessPlace;
  sides: Sides;
  layer: Layer;
  onUse: (template: AccessTemplate, chosen: readonly AccessPrincipalSummary[]) => void;
  onClose: () => void;
}

/** Whichever dialog is open. */
function Layers({ place, sides, layer, onUse, onClose }: LayersProps): ReactNode {
  const { repositories } = sides;
  switch (layer.kind) {
    case 'none':
      return null;
    case 'new':
      return <TemplateDialog {...{ place, repositories, onClose }} template={null} />;
    case 'change':
      return <TemplateDialog {...{ place, repositories, onClose }} template={layer.template} />;
    case 'use': {
      const { template } = layer;
      return <UseTemplate {...{ template, sides, onClose }} onChoose={(chosen) => onUse(template, chosen)} />;
    }
    case 'delete': {
      const { id, name } = layer.template;
      return (
        <DeedDialog
          title={`Delete ${name}?`}
          action="Delete template"
          run={() => keyhold().accessTemplates.remove({ ...place, templateId: id })}
          done={[`Deleted the template ${name}`]}
          stale={[templatesQuery(place).queryKey]}
          onClose={onClose}
        >
          <p>What was given by it stays as it is. The template itself cannot be brought back.</p>
        </DeedDialog>
      );
    }
  }
}
