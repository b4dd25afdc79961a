import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { orgKey } from '../orgs/queries.ts';

type Place = Pick<InOrgPlace, 'context'> & { org: Pick<InOrgPlace['org'], 'slug'> };

export const membersQuery = ({ context, org }: Place) =>
  queryOptions({
    queryKey: orgKey('members', context),
    queryFn: () => valueOf(keyhold().members.list({ contextId: context.id, org: org.slug })),
  });

export const invitationsQuery = ({ context, org }: Place) =>
  queryOptions({
    queryKey: orgKey('invitations', context),
    queryFn: () => valueOf(keyhold().invitations.list({ contextId: context.id, org: org.slug })),
  });
