import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccessPlace, AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { accessBits } from '../../../../contracts/server-api/access/matrix.ts';
import { defaultGrantsMax } from '../../../../contracts/server-api/access/templates.ts';
import { asCallError, keyhold, valueOf } from '../../../lib/api.ts';
import { Button } from '../../../ui/button.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { Card, Section } from '../../../ui/page.tsx';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';
import { Item, ItemList, ItemNote } from '../../../ui/sheet.tsx';
import { toastDone } from '../../../ui/toast.ts';
import { accessWords, actionsOf, bitsOf } from '../model/levels.ts';
import { LevelField } from '../parts/level-field.tsx';
import { PrincipalsDialog } from '../parts/principals-dialog.tsx';
import { ChangedBy } from './changed-by.tsx';
import { defaultsQuery } from './queries.ts';
import css from './templates.module.css';

interface DefaultGrant {
  principal: AccessPrincipalSummary;
  /** Sum of `accessBits`. */
  bits: number;
  kept: number;
}

interface Draft {
  grants: readonly DefaultGrant[];
  /** What they were made of was changed last, RFC 3339; null for never. */
  replaces: string | null;
}

/** What is not saved yet. It outlasts the tab, and goes when the vault locks. */
function useDraft({ contextId, organization }: AccessPlace): [Draft | null, (draft: Draft | null) => void] {
  const client = useQueryClient();
  const queryKey = ['access-defaults-draft', contextId, organization];
  const { data } = useQuery<Draft | null>({ queryKey, queryFn: skipToken });
  return [data ?? null, (draft) => client.setQueryData(queryKey, draft)];
}

interface DefaultGrantsProps {
  place: AccessPlace;
  principals: readonly AccessPrincipalSummary[];
}

/** What is given on each repository that is made from now on. */
export function DefaultGrants({ place, principals }: DefaultGrantsProps): ReactNode {
  const client = useQueryClient();
  const query = defaultsQuery(place);
  const defaults = useQuery(query);
  const [draft, setDraft] = useDraft(place);
  const [isAdding, setAdding] = useState(false);
  const { mayChange = false, changedAt = null, changedBy = null } = defaults.data ?? {};
  const there = (defaults.data?.grants ?? []).map(({ principal, actions }): DefaultGrant => {
    const bits = bitsOf(actions);
    return { principal, bits, kept: bits };
  });
  const grants = draft?.grants ?? there;
  const save = useMutation({
    mutationFn: ({ grants: next, replaces }: Draft) =>
      valueOf(
        keyhold().accessTemplates.saveDefaults({
          ...place,
          replaces,
          grants: next.map(({ principal, bits }) => ({
            principal: principal.reference,
            actions: actionsOf(bits),
          })),
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries(query);
      setDraft(null);
      toastDone('New repositories begin with what you saved');
    },
  });
  const change = (next: readonly DefaultGrant[]): void => {
    save.reset();
    setDraft(sameGrants(next, there) ? null : { grants: next, replaces: draft?.replaces ?? changedAt });
  };
  const others = principals.filter(({ reference }) =>
    grants.every(({ principal }) => principal.reference !== reference),
  );
  return (
    <Section
      title="What new repositories begin with"
      aside={
        mayChange &&
        grants.length < defaultGrantsMax && (
          <Button icon={<Plus />} onClick={() => setAdding(true)}>
            Add…
          </Button>
        )
      }
    >
      {defaults.isError && <ErrorNotice error={defaults.error} retry={() => void defaults.refetch()} />}
      {defaults.isPending && <LinesSkeleton lines={3} />}
      {defaults.data !== undefined && (
        <Card>
          <div className="kh-stack" data-gap="3">
            <p className="kh-dim">
              {grants.length === 0
                ? 'Nothing: only who has all access by role can use a new repository, until somebody gives access to it.'
                : 'Given on each repository that is made from now on, however it is made. Those that there are stay as they are.'}
            </p>
            <Grants {...{ grants, mayChange }} onChange={change} />
            {save.isError && (
              <ErrorNotice
                error={save.error}
                {...(asCallError(save.error).code === 'changed_by_others' && {
                  retryLabel: 'Show what there is now',
                  retry: () => {
                    change(there);
                    void defaults.refetch();
                  },
                })}
              />
            )}
            <div className={css['given']}>
              <span className="kh-dim">
                {changedAt !== null && <ChangedBy at={changedAt} by={changedBy} />}
                {!mayChange && ' Owners of the organization change this.'}
              </span>
              {draft !== null && (
                <span className="kh-row">
                  <Button onClick={() => change(there)}>Discard</Button>
                  <Button kind="primary" busy={save.isPending} onClick={() => save.mutate(draft)}>
                    Save
                  </Button>
                </span>
              )}
            </div>
          </div>
        </Card>
      )}
      {isAdding && (
        <PrincipalsDialog
          title="Give access to new repositories"
          principals={others}
          max={defaultGrantsMax - grants.length}
          action={(count) => (count === 0 ? 'Add' : `Add ${count.toLocaleString('en')}`)}
          onChoose={(chosen) => {
            const pull = accessBits.read;
            change([...grants, ...chosen.map((principal) => ({ principal, bits: pull, kept: pull }))]);
          }}
          onClose={() => setAdding(false)}
        >
          They begin with pull; choose more in the list. It counts once you save it.
        </PrincipalsDialog>
      )}
    </Section>
  );
}

interface GrantsProps {
  grants: readonly DefaultGrant[];
  mayChange: boolean;
  onChange: (grants: readonly DefaultGrant[]) => void;
}

function Grants({ grants, mayChange, onChange }: GrantsProps): ReactNode {
  if (grants.length === 0) return null;
  return (
    <ItemList label="What new repositories begin with">
      {grants.map((grant) => {
        const { principal, bits, kept } = grant;
        const { reference, kind, name, active } = principal;
        return (
          <Item
            key={reference}
            icon={<PrincipalIcon kind={kind} />}
            name={name}
            notes={!active && <ItemNote>Closed, or waits: is left out</ItemNote>}
          >
            {!mayChange && accessWords(bits)}
            {mayChange && (
              <>
                <LevelField
                  label={`What ${name} is given`}
                  {...{ bits, kept }}
                  onChange={(next) =>
                    onChange(grants.map((each) => (each === grant ? { ...grant, bits: next } : each)))
                  }
                />
                <Button
                  kind="quiet"
                  icon={<X />}
                  aria-label={`Remove ${name}`}
                  onClick={() => onChange(grants.filter((each) => each !== grant))}
                />
              </>
            )}
          </Item>
        );
      })}
    </ItemList>
  );
}

function sameGrants(one: readonly DefaultGrant[], other: readonly DefaultGrant[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ principal: { reference }, bits }) =>
      other.some((each) => each.principal.reference === reference && each.bits === bits),
    )
  );
}
