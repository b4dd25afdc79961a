import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { InvitationView } from '../../../contracts/ipc/members.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { RegisterFirst } from '../contexts/register-first.tsx';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { roleMeanings, roles } from '../orgs/rights.ts';
import { RoleBadge } from '../orgs/role-badge.tsx';

interface OfferProps {
  context: ContextSummary;
  linkId: string;
}

/** Whether a context can act as the person who is invited: an API key is for an organization that it is in already. */
export function mayJoin({ credential }: ContextSummary): boolean {
  return credential !== 'api-key';
}

/** The way to an account that can join, from a context that cannot. */
function CannotJoin({ context }: Pick<OfferProps, 'context'>): ReactNode {
  const navigate = useNavigate();
  const { name, origin: address, userId } = context;
  const start = { address, userId, way: 'browser', access: 'session' };
  return (
    <Notice
      tone="info"
      title="An API key cannot join an organization"
      actions={
        <Button size="small" onClick={() => void navigate('/contexts/new', { state: start })}>
          Sign in for 12 hours…
        </Button>
      }
    >
      {name} signs in with one. Sign in by browser as yourself, and the invitation waits here; or open its
      link in the browser.
    </Notice>
  );
}

/** Looks at the invitation with an account, and accepts it: each on a press, and nothing by itself. */
export function Offer({ context, linkId }: OfferProps): ReactNode {
  const view = useMutation({
    mutationFn: () => valueOf(keyhold().invitations.view({ contextId: context.id, linkId })),
  });
  if (context.state === 'signed_out') return <SignedOutState context={context} />;
  if (context.state === 'pending') return <RegisterFirst context={context} />;
  if (!mayJoin(context)) return <CannotJoin context={context} />;
  if (view.data !== undefined) return <Offered context={context} linkId={linkId} invitation={view.data} />;
  return (
    <Card>
      <div className="kh-stack">
        <p>
          A link invites you to an organization at <Code inSentence>{context.origin}</Code>. Nothing was sent
          there yet.
        </p>
        <div className="kh-row">
          <Button kind="primary" call={view}>
            Look at the invitation
          </Button>
        </div>
        {view.isError && <ErrorNotice error={view.error} />}
      </div>
    </Card>
  );
}

interface OfferedProps extends OfferProps {
  invitation: InvitationView;
}

function Offered({ context, linkId, invitation }: OfferedProps): ReactNode {
  const { org, role, invitedBy, expiresAt, forYou } = invitation;
  const join = useMutation({
    mutationFn: () => valueOf(keyhold().invitations.accept({ contextId: context.id, linkId })),
  });
  const meaning = roles.find((each) => each === role);
  if (join.isSuccess) return <Joined context={context} org={invitation.org} />;
  return (
    <Card>
      <div className="kh-stack">
        <FactList
          facts={[
            { name: 'Organization', value: <Breakable>{`${org.name} (${org.slug})`}</Breakable> },
            {
              name: 'You join as',
              value: (
                <>
                  <RoleBadge role={role} />
                  {meaning !== undefined && <p className="kh-dim">{roleMeanings[meaning]}</p>}
                </>
              ),
            },
            { name: 'Invited by', value: invitedBy ?? 'An account that is gone' },
            { name: 'Can be accepted until', value: exactTime(expiresAt) },
            {
              name: 'Account',
              value: <Breakable>{`${context.userId} at ${context.host}`}</Breakable>,
            },
          ]}
        />
        {!forYou && (
          <Notice tone="warning" title="It is for another account">
            The invitation was sent to another email address than this account’s, and only that one can accept
            it. Choose the context of that account, or add it.
          </Notice>
        )}
        {join.isError && <ErrorNotice error={join.error} />}
        {forYou && (
          <div className="kh-row">
            <Button kind="primary" call={join}>
              Join {org.slug}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function Joined({ context, org }: Pick<OfferedProps, 'context'> & { org: InvitationView['org'] }): ReactNode {
  const navigate = useNavigate();
  const close = useAction(
    () => keyhold().links.close(),
    () => navigate('/status'),
  );
  const actThere = useMutation({
    mutationFn: async () => {
      const { id: contextId } = context;
      await valueOf(keyhold().orgs.switchTo({ contextId, org: org.slug }));
      if (!context.current) await valueOf(keyhold().contexts.setCurrent({ contextId }));
      await valueOf(keyhold().links.close());
    },
    onSuccess: () => navigate('/members'),
  });
  return (
    <Notice
      tone="good"
      title={`You belong to ${org.name} now`}
      actions={
        <>
          <Button size="small" kind="primary" call={actThere}>
            Act in {org.slug}
          </Button>
          <Button size="small" call={close}>
            Done
          </Button>
        </>
      }
    >
      {context.name} goes on in the organization that it is in, until you choose this one.
      {actThere.isError && <ErrorNotice error={actThere.error} />}
    </Notice>
  );
}
