import { useQuery } from '@tanstack/react-query';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { PastedClaims } from '../../../../contracts/ipc/token-sign-in.ts';
import { ruleLines, type RuleLine } from '../../../../contracts/permissions/rule.ts';
import { counted, exactTime } from '../../../lib/format.ts';
import { useHeld } from '../../../lib/held-value.ts';
import { deskOfWindow, openRole } from '../model/desk.ts';
import { standingQuery } from '../../remote-keys/queries.ts';
import { rolesQuery } from '../queries.ts';

/** Somebody who would ask a keeper for something, by their rules. */
export interface Subject {
  /** `mine`, `pasted`, or the id of a role. */
  id: string;
  name: string;
  /** Null as long as nobody knows them. */
  rules: readonly RuleLine[] | null;
  /** False where there are more than were read. */
  isAll: boolean;
  /** What else is to be known, in a few words. */
  note: string;
  /** Whether the lines are those of a text that the person wrote. */
  hasLines: boolean;
}

const asLines = (rules: readonly string[]): RuleLine[] => rules.map((text, line) => ({ text, line }));

/** Who can be asked about: who looks, a token that was pasted, the roles. */
export function useSubjects(context: ContextSummary, pasted: PastedClaims | null) {
  const asks = context.state === 'active' && context.capabilities.includes('remote-keys');
  const standing = useQuery({ ...standingQuery(context.id), enabled: asks });
  const roles = useQuery(rolesQuery);
  const desk = useHeld(deskOfWindow());
  const isReading = asks && standing.isPending;
  const mine: Subject = {
    ...{ id: 'mine', name: 'My token', hasLines: false },
    rules: standing.data === undefined ? null : asLines(standing.data.permissions),
    isAll: standing.data?.isAll ?? true,
    note: mineNote(standing.data, isReading),
  };
  const subjects: Subject[] = [
    mine,
    ...(pasted === null ? [] : [pastedSubject(pasted)]),
    ...(roles.data ?? []).map((role): Subject => {
      const { content, isChanged } = openRole(role, desk);
      const rules = ruleLines(content.text);
      const note = counted(rules.length, 'rule');
      return {
        id: role.id,
        name: role.name,
        rules,
        isAll: true,
        note: isChanged ? `${note}, not saved` : note,
        hasLines: true,
      };
    }),
  ];
  return { subjects, standing, isReading, roles };
}

function mineNote(
  standing: { subject: string; permissions: string[]; isAll: boolean } | undefined,
  isReading: boolean,
): string {
  if (standing === undefined) return isReading ? 'Being read' : 'Not known';
  const { subject, permissions, isAll } = standing;
  return `${subject}, ${counted(permissions.length, 'rule')}${isAll ? '' : ' of more'}`;
}

function pastedSubject({ subject, permissions, endsAt }: PastedClaims): Subject {
  const rules = permissions === null ? 'no rules' : counted(permissions.length, 'rule');
  const isOver = endsAt !== null && Date.parse(endsAt) <= Date.now();
  return {
    ...{ id: 'pasted', name: 'Pasted token', hasLines: false },
    rules: asLines(permissions ?? []),
    isAll: true,
    note: `${subject ?? 'no subject'}, ${rules}${isOver ? `, over since ${exactTime(endsAt)}` : ''}`,
  };
}
