import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { OrgContents } from '../../../contracts/ipc/orgs.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';
import { whyNot } from '../orgs/rights.ts';
import { contentsQuery } from './queries.ts';

/** Deletes the organization, once its name is typed. */
export function DeletePart(place: InOrgPlace): ReactNode {
  const { acting, org } = place;
  const [asking, setAsking] = useState(false);
  const why =
    whyNot(acting, 'organization:delete') ??
    (org.kind === 'personal' ? 'A personal organization stays as long as its account.' : null);
  if (why !== null) return <p className="kh-dim">{why}</p>;
  return (
    <div className="kh-row">
      <Button kind="danger" onClick={() => setAsking(true)}>
        Delete {org.slug}…
      </Button>
      {asking && <DeleteDialog {...place} onClose={() => setAsking(false)} />}
    </div>
  );
}

function DeleteDialog({ context, org, onClose }: InOrgPlace & { onClose: () => void }): ReactNode {
  const contents = useQuery({ ...contentsQuery(context, org.slug), staleTime: 0 });
  return (
    <DeedDialog
      title={`Delete ${org.name}?`}
      action="Delete organization"
      typeToConfirm={org.slug}
      run={() => keyhold().orgs.remove({ contextId: context.id, org: org.slug })}
      done={[`Deleted ${org.name}`]}
      stale={keysOfList.organization.map((list) => orgKey(list, context))}
      onClose={onClose}
    >
      <p>Everything in it is lost, for everybody and for good:</p>
      {contents.isPending && <LinesSkeleton lines={3} />}
      {contents.isError && <ErrorNotice error={contents.error} retry={() => void contents.refetch()} />}
      {contents.data !== undefined && <Lost contents={contents.data} />}
      <p>Its short name is not given to anybody again.</p>
    </DeedDialog>
  );
}

/** What is lost, by how many there are of each. */
function Lost({ contents }: { contents: OrgContents }): ReactNode {
  const lines = [
    counted(contents.members, 'membership'),
    counted(contents.repositories, 'repository with its images', 'repositories with their images'),
    counted(contents.projects, 'project with its branches', 'projects with their branches'),
    counted(contents.apiKeys, 'API key'),
    counted(contents.bots, 'bot with its keys', 'bots with their keys'),
    counted(contents.invitations, 'invitation'),
  ];
  return (
    <ul aria-label="What is lost">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
