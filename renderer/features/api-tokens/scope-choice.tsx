import type { ReactNode } from 'react';
import type { TokenScope } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { LabelledGroup } from '../../ui/labelled-group.tsx';
import css from './api-tokens.module.css';
import type { scopesFor } from './token-words.ts';

interface ScopeChoiceProps {
  offered: ReturnType<typeof scopesFor>;
  chosen: readonly TokenScope[];
  /** What is wrong with it, in words. */
  problem?: ReactNode;
  onChange: (chosen: readonly TokenScope[]) => void;
}

/** Chooses what a token may do. */
export function ScopeChoice({ offered, chosen, problem, onChange }: ScopeChoiceProps): ReactNode {
  return (
    <LabelledGroup label="It may" problem={problem}>
      <div className={css['scopes']}>
        {offered.map(({ scope, label, hint }) => (
          <Checkbox
            key={scope}
            label={label}
            hint={hint}
            checked={chosen.includes(scope)}
            onChange={(checked) =>
              onChange(checked ? [...chosen, scope] : chosen.filter((each) => each !== scope))
            }
          />
        ))}
      </div>
    </LabelledGroup>
  );
}
