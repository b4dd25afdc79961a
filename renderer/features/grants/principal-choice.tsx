import { useMemo, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PermissionSummary, ServiceRepository } from '../../../contracts/ipc/permissions.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { LabelledGroup } from '../../ui/labelled-group.tsx';
import { PickList, type PickListKind } from '../../ui/pick-list.tsx';
import css from './grants.module.css';
import { PickFrame, PickLine } from '../../ui/pick-line.tsx';
import { PrincipalIcon } from '../../ui/principal-icon.tsx';
import { keyOf, typedUser, usePrincipals, type Principal } from './principals.ts';

interface PrincipalChoiceProps extends SearchedIn {
  chosen: Principal | null;
  onChange: (chosen: Principal | null) => void;
  /** What is wrong with the choice, in words. */
  problem?: ReactNode;
}

interface SearchedIn {
  context: ContextSummary;
  repository: ServiceRepository;
  /** Who has a permission there is not offered. */
  given: readonly PermissionSummary[];
}

/** Chooses who is given a permission: found by typing, shown once found. */
export function PrincipalChoice({ chosen, onChange, problem, ...place }: PrincipalChoiceProps): ReactNode {
  return (
    <LabelledGroup label="To" problem={problem}>
      {chosen === null ? (
        <Search {...place} onChoose={onChange} />
      ) : (
        <div className={css['chosen']}>
          <PrincipalLine principal={chosen} />
          <Button
            size="small"
            // The field that had the focus is gone.
            ref={(button) => button?.focus()}
            onClick={() => onChange(null)}
          >
            Choose another
          </Button>
        </div>
      )}
    </LabelledGroup>
  );
}

function Search({ onChoose, ...place }: SearchedIn & { onChoose: (chosen: Principal) => void }): ReactNode {
  const [typed, setTyped] = useState('');
  const { list, searching, error, refetch, byEmail } = usePrincipals({ ...place, typed });
  const byKey = useMemo(() => new Map(list?.map((principal) => [keyOf(principal), principal])), [list]);
  return (
    <>
      {byEmail && (
        <p className="kh-dim">Whoever is not listed is found by the whole email address of their account.</p>
      )}
      {error !== null && <ErrorNotice error={error} retry={refetch} />}
      <div className={css['search']}>
        <PickFrame>
          <PickList
            kind={byEmail ? withEmails : listed}
            items={list}
            current={null}
            onType={setTyped}
            searching={searching}
            onChoose={(key) => {
              const [typed] = typedUser(key.replace(/^user /, ''));
              const found = byKey.get(key) ?? typed;
              if (found !== undefined) onChoose(found);
            }}
          >
            {(principal) => <PrincipalLine principal={principal} />}
          </PickList>
        </PickFrame>
      </div>
    </>
  );
}

const listed: PickListKind<Principal> = {
  noun: 'people, groups and bots',
  noMatch: 'Nobody of that name can be given a permission.',
  rowHeight: 44,
  idOf: keyOf,
  wordsOf: ({ name, note, username = null }) => [name, note, username],
};

const withEmails: PickListKind<Principal> = {
  ...listed,
  noMatch: 'Nobody of that name is listed. Type a whole email address.',
  typed: typedUser,
};

/** Who it is: icon, name, and what else is known. */
function PrincipalLine({ principal: { kind, name, note } }: { principal: Principal }): ReactNode {
  return <PickLine icon={<PrincipalIcon kind={kind} />} name={name} note={note} />;
}
