import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Code } from '../../ui/code.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Card, Page, Section } from '../../ui/page.tsx';
import { InOrg, type InOrgPlace } from '../orgs/in-org.tsx';
import { RoleBadge } from '../orgs/role-badge.tsx';
import { DeletePart } from './delete-part.tsx';
import { LeavePart } from './leave-part.tsx';
import { RenamePart } from './rename-part.tsx';
import { TransferPart } from './transfer-part.tsx';

/** The organization that the context acts in: its name, who it belongs to, and its end. */
export function OrganizationPage({ context }: { context: ContextSummary }): ReactNode {
  return (
    <InOrg title="Organization" context={context}>
      {(place) => <Organization key={place.org.slug} {...place} />}
    </InOrg>
  );
}

function Organization(place: InOrgPlace): ReactNode {
  const { acting, org } = place;
  const isTeam = org.kind !== 'personal';
  return (
    <Page title="Organization" lead={org.name} width="text">
      <Card>
        <FactList
          facts={[
            {
              name: 'Short name',
              value: <Code>{org.slug}</Code>,
            },
            ...(org.kind === null ? [] : [{ name: 'Kind', value: isTeam ? 'Team' : 'Personal' }]),
            ...(acting.role === null ? [] : [{ name: 'You are', value: <RoleBadge role={acting.role} /> }]),
          ]}
        />
      </Card>
      <Section title="Name">
        <RenamePart key={org.name} {...place} />
      </Section>
      {isTeam && (
        <Section title="Hand over">
          <TransferPart {...place} />
        </Section>
      )}
      {isTeam && (
        <Section title="Leave">
          <LeavePart {...place} />
        </Section>
      )}
      <Section title="Delete">
        <DeletePart {...place} />
      </Section>
    </Page>
  );
}
