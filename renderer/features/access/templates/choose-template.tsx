import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { PickList, type PickListKind } from '../../../ui/pick-list.tsx';
import { sidesQuery } from '../model/queries.ts';
import { useAddChanges } from '../model/use-add-changes.ts';
import { PickFrame, PickLine } from '../../../ui/pick-line.tsx';
import { templatesQuery } from './queries.ts';
import { changesOf, templateWords } from './template-fit.ts';

const kind: PickListKind<AccessTemplate> = {
  noun: 'templates',
  noMatch: 'There is no such template. Owners make them in the tab Templates.',
  rowHeight: 44,
  idOf: ({ id }) => id,
  wordsOf: ({ name, lines }) => [name, ...lines.map(({ repositories }) => repositories)],
};

interface ChooseTemplateProps {
  place: AccessPlace;
  /** Who shall have what it gives. */
  principal: Readonly<{ reference: string; name: string }>;
  onClose: () => void;
}

/** Chooses a template that is used on somebody. */
export function ChooseTemplate({ place, principal, onClose }: ChooseTemplateProps): ReactNode {
  const list = useQuery(templatesQuery(place));
  const sides = useQuery(sidesQuery(place));
  const add = useAddChanges(place);
  const repositories = sides.data?.repositories;
  const templates = (repositories && list.data?.templates) ?? null;
  const failed = [list, sides].find(({ isError }) => isError);
  return (
    <Dialog opened onClose={onClose} title={`Use a template on ${principal.name}`}>
      <div className="kh-stack" data-gap="3">
        <p className="kh-dim">
          What it gives takes the place of the grants to them alone that are there. It is only prepared: you
          review it before it is made.
        </p>
        {failed && <ErrorNotice error={failed.error} retry={() => void failed.refetch()} />}
        <PickFrame>
          <PickList
            kind={kind}
            items={templates}
            current={null}
            onChoose={(id) => {
              const chosen = templates?.find((each) => each.id === id);
              onClose();
              if (chosen !== undefined && repositories !== undefined)
                add.mutate(changesOf(chosen.lines, [principal], repositories, Date.now()));
            }}
          >
            {({ name, lines }) => <PickLine name={name} note={templateWords(lines)} />}
          </PickList>
        </PickFrame>
      </div>
    </Dialog>
  );
}
