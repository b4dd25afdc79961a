import { TextInput, type TextInputProps } from '@mantine/core';
import { ExternalLink } from 'lucide-react';
import type { ChangeEvent, ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { userIdFault, type UserIdFault } from '../../../contracts/domain/user-id.ts';
import { Button } from '../../ui/button.tsx';
import css from './add-context.module.css';

const shape = 'A user id is u_ and 16 or more lower-case letters and digits; a bot’s is bot:org/name.';

const faultWords: Readonly<Record<UserIdFault, string>> = {
  empty: 'Enter your user id.',
  unfinished: `That is not all of it. ${shape}`,
  email: `That is an email address. ${shape}`,
  other: `That is not a user id. ${shape}`,
};

/** What is wrong with the shape of a user id, in words; null when nothing is. */
export function userIdProblem(text: string): string | null {
  const fault = userIdFault(text);
  return fault === null ? null : faultWords[fault];
}

/** As `userIdProblem`, while it is typed: what may still become one is no problem yet. */
export function userIdProblemSoFar(text: string): string | null {
  const fault = userIdFault(text);
  return fault === 'unfinished' || fault === 'empty' ? null : userIdProblem(text);
}

/** What a form gives the field of the user id. */
export interface UserIdInput {
  error?: string | null;
  value: string;
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

interface UserIdFieldProps extends Omit<TextInputProps, 'error' | 'description'> {
  service: { name: string; hasDashboard: boolean };
  problem: string | null;
  onOpenDashboard: () => void;
}

/** Where a user id is entered, with where to find it. */
export function UserIdField({ service, problem, onOpenDashboard, ...input }: UserIdFieldProps): ReactNode {
  return (
    <div className={css['userId']}>
      <TextInput
        label="Your user id"
        description={[
          service.hasDashboard
            ? `The keys page of the ${service.name} dashboard shows it.`
            : 'Whoever runs the service can tell you.',
          // The problem says it more exactly.
          ...(problem === null ? ['It begins with u_; a bot’s is bot:org/name.'] : []),
        ].join(' ')}
        error={problem}
        maxLength={limits.userIdMax}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        {...input}
      />
      {service.hasDashboard && (
        <Button size="small" kind="quiet" icon={<ExternalLink />} onClick={onOpenDashboard}>
          Open dashboard
        </Button>
      )}
    </div>
  );
}
