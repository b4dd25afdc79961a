import { TextInput } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { holdRules } from '../../../../contracts/permissions/decision.ts';
import { effectsOf } from '../../../../contracts/permissions/effects.ts';
import { readRule, ruleLengthMax } from '../../../../contracts/permissions/rule.ts';
import { Section } from '../../../ui/page.tsx';
import { notesOf } from '../model/analysis.ts';
import { useSoon } from '../model/use-soon.ts';
import { EffectList } from './effect-list.tsx';
import css from './simulator.module.css';

interface WhatIfProps {
  /** Null where the rules are not known. */
  texts: readonly string[] | null;
  /** Keys that it is told of. */
  keyIds: readonly string[];
  line: string;
  onLine: (line: string) => void;
}

interface Added {
  texts: readonly string[];
  line: string;
  keyIds: readonly string[];
}

function effectsOfLine({ texts, line, keyIds }: Added) {
  return effectsOf(holdRules(texts), holdRules([...texts, line]), keyIds);
}

/** What changes with one more line: what is gained by it and what is lost. */
export function WhatIf({ texts, keyIds, line, onLine }: WhatIfProps): ReactNode {
  const problem = line === '' ? null : readRule(line).problem;
  const [words] =
    problem === null ? [] : notesOf([{ text: line, line: 0 }], []).map(({ words }) => `${words}.`);
  return (
    <Section title="What changes with one more line">
      <div className="kh-stack" data-gap="3">
        <TextInput
          aria-label="One more line"
          placeholder="-tkeeper.key.master-*.destroy"
          classNames={{ input: 'kh-mono' }}
          value={line}
          maxLength={ruleLengthMax}
          error={words}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => onLine(event.currentTarget.value)}
        />
        {line !== '' && problem === null && texts !== null && (
          <LineEffects texts={texts} line={line} keyIds={keyIds} />
        )}
      </div>
    </Section>
  );
}

function LineEffects({ texts, line, keyIds }: Added): ReactNode {
  const added = useMemo(() => ({ texts, line, keyIds }), [texts, line, keyIds]);
  const answer = useSoon(added, effectsOfLine);
  if (answer === null) return null;
  const { gained, lost } = answer.found;
  const none = keyIds.length === 0 ? 'Nothing that is about no key; no key is known here.' : 'Nothing.';
  return (
    <div className={css['pair']}>
      <span role="status" className="kh-hidden">
        {`${gained.length.toLocaleString('en')} gained, ${lost.length.toLocaleString('en')} lost`}
      </span>
      <EffectList label="Gained" tone="gained" effects={gained} none={none} />
      <EffectList label="Lost" tone="lost" effects={lost} none={none} />
    </div>
  );
}
