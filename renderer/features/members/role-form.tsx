import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { MemberSummary } from '../../../contracts/ipc/members.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Choice } from '../../ui/choice.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';
import { isAtLeast, roleMeanings, roles, roleTitle, type Role } from '../orgs/rights.ts';
import { RoleBadge } from '../orgs/role-badge.tsx';

/** A member who is looked at. */
export interface MemberProps extends InOrgPlace {
  member: MemberSummary;
  /** How many owners the organization has. */
  owners: number;
  /** Asks before the member goes. */
  onRemove: (member: MemberSummary) => void;
}

interface RoleFormProps extends MemberProps {
  /** Why the role cannot be changed; null when it can. */
  fixed: string | null;
}

/** Shows a member's role, and changes it. */
export function RoleForm({ context, org, acting, member, fixed }: RoleFormProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm<{ role: string }, undefined>({
    initialValues: { role: member.role },
    send: ({ role }) => {
      const place = { contextId: context.id, org: org.slug, userId: member.userId };
      return valueOf(keyhold().members.changeRole({ ...place, role: role as Role }));
    },
    onDone: async (_done, { role }) => {
      toastDone(`${member.name} is ${withArticle(role)} now`, effectOf(member.role, role));
      await Promise.all(
        keysOfList.members.map((list) => client.invalidateQueries({ queryKey: orgKey(list, context) })),
      );
    },
  });
  if (fixed !== null) {
    return (
      <>
        <div>
          <RoleBadge role={member.role} />
        </div>
        <p className="kh-dim">{fixed}</p>
      </>
    );
  }
  const { role: chosen } = form.fields.values;
  const offered = roles.filter((role) => role !== 'owner' || acting.role === 'owner');
  return (
    <FormFrame form={form} action="Change role" disabled={chosen === member.role}>
      <Choice
        label={`${member.name} is`}
        options={offered.map((role) => ({ value: role, label: roleTitle(role), hint: roleMeanings[role] }))}
        value={chosen}
        onChange={(role) => form.fields.setFieldValue('role', role)}
      />
      {acting.role !== 'owner' && <p className="kh-dim">Only owners make owners.</p>}
      {chosen !== member.role && <p role="status">{effectOf(member.role, chosen)}</p>}
    </FormFrame>
  );
}

/** When a change of somebody's role counts. */
function effectOf(before: string, after: string): string {
  return isAtLeast(after, before as Role)
    ? 'Counts for a session once it is renewed, within 15 minutes; for keys at once.'
    : 'Counts at once, in open sessions too.';
}

function withArticle(role: string): string {
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}
