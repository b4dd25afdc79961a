import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { GitCompareArrows } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { printable } from '../../../../contracts/domain/printable.ts';
import { holdRules } from '../../../../contracts/permissions/decision.ts';
import { effectsOf } from '../../../../contracts/permissions/effects.ts';
import { ruleLines } from '../../../../contracts/permissions/rule.ts';
import { counted } from '../../../lib/format.ts';
import { useHeld } from '../../../lib/held-value.ts';
import { Breakable } from '../../../ui/breakable.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { deskOfWindow, openRole, type OpenRole } from '../model/desk.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { useSoon } from '../model/use-soon.ts';
import { rolesQuery } from '../queries.ts';
import { EffectList } from '../simulator/effect-list.tsx';
import { refusedWords } from '../model/words.ts';
import css from './compare.module.css';

/** Two roles side by side: the rules that only one has, and what only one allows. */
export function CompareTab({ keys }: { keys: KnownKeys }): ReactNode {
  const list = useQuery(rolesQuery);
  const desk = useHeld(deskOfWindow());
  const [ids, setIds] = useState<readonly [string, string] | null>(null);
  if (list.data === undefined)
    return list.isError ? (
      <ErrorNotice error={list.error} retry={() => void list.refetch()} />
    ) : (
      <LinesSkeleton lines={6} />
    );
  const roles = list.data.map((role) => openRole(role, desk));
  const find = (id: string | undefined): OpenRole | undefined => roles.find(({ role }) => role.id === id);
  const first = find(ids?.[0]) ?? find(desk.chosen ?? undefined) ?? roles[0];
  const second = find(ids?.[1]) ?? roles.find((other) => other !== first);
  if (first === undefined || second === undefined)
    return (
      <EmptyState picture={<GitCompareArrows />} title="Two roles are needed">
        With a second role you see here what only one of them allows. Duplicate one to try a change.
      </EmptyState>
    );
  const options = roles.map(({ role, isChanged }) => ({
    value: role.id,
    label: isChanged ? `${role.name} (not saved)` : role.name,
  }));
  return (
    <div className="kh-stack" data-gap="5">
      <div className={css['pair']}>
        {[first, second].map(({ role }, side) => (
          <NativeSelect
            // The two sides stay where they are.
            key={side === 0 ? 'first' : 'second'}
            label={side === 0 ? 'Role' : 'Compared with'}
            value={role.id}
            data={options}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setIds(side === 0 ? [value, second.role.id] : [first.role.id, value]);
            }}
          />
        ))}
      </div>
      <Comparison first={first} second={second} keys={keys} />
    </div>
  );
}

interface Sides {
  texts: readonly (readonly string[])[];
  keyIds: readonly string[];
}

/** What is granted from the first to the second is the second's alone, and the other way round. */
function difference({ texts: [first = [], second = []], keyIds }: Sides) {
  const [one, other] = [holdRules(first), holdRules(second)];
  return { ...effectsOf(one, other, keyIds), isRefused: [one, other].map(({ bad }) => bad.length > 0) };
}

interface ComparisonProps {
  first: OpenRole;
  second: OpenRole;
  keys: KnownKeys;
}

function Comparison({ first, second, keys }: ComparisonProps): ReactNode {
  const [one, other] = [first.content.text, second.content.text];
  const texts = useMemo(
    () => [one, other].map((text) => ruleLines(text).map((line) => line.text)),
    [one, other],
  );
  const sides = useMemo(() => ({ texts, keyIds: keys.ids }), [texts, keys.ids]);
  const answer = useSoon(sides, difference);
  const own = useMemo(() => {
    const sets = texts.map((rules) => new Set(rules));
    return sets.map((rules, side) => [...rules].filter((rule) => !sets[1 - side]?.has(rule)));
  }, [texts]);
  const shared = new Set(texts[0]).size - (own[0]?.length ?? 0);
  const roles = [first.role, second.role];
  return (
    <>
      <Section title="Rules" aside={<span className="kh-dim">{`${counted(shared, 'rule')} in both`}</span>}>
        <div className={css['pair']}>
          {roles.map(({ name }, side) => (
            <RuleColumn key={side === 0 ? 'first' : 'second'} name={name} rules={own[side] ?? []} />
          ))}
        </div>
      </Section>
      <Section title="Effects">
        <div className="kh-stack" data-gap="3">
          {keys.state === 'none' && (
            <p className="kh-dim">What differs with keys is told once they can be listed.</p>
          )}
          {answer?.found.isRefused.map(
            (isRefused, side) =>
              isRefused && (
                <Notice
                  key={roles[side]?.id}
                  tone="warning"
                  title={`${roles[side]?.name ?? ''} allows nothing`}
                >
                  {`A line ${refusedWords}.`}
                </Notice>
              ),
          )}
          {answer !== null && (
            <div className={css['pair']}>
              {roles.map(({ name }, side) => (
                <EffectList
                  key={side === 0 ? 'first' : 'second'}
                  label={`Only ${name} allows`}
                  tone="plain"
                  effects={side === 0 ? answer.found.lost : answer.found.gained}
                  none="Nothing that the other does not."
                />
              ))}
            </div>
          )}
        </div>
      </Section>
    </>
  );
}

function RuleColumn({ name, rules }: { name: string; rules: readonly string[] }): ReactNode {
  return (
    <div className={css['column']}>
      <h3 className={css['title']}>
        <bdi>{`Only in ${name}`}</bdi>{' '}
        <span className={css['count']}>{rules.length.toLocaleString('en')}</span>
      </h3>
      {rules.length === 0 ? (
        <p className="kh-dim">None.</p>
      ) : (
        <VirtualList
          label={`Only in ${name}`}
          items={rules}
          keyOf={(rule) => rule}
          rowHeight={24}
          className={css['rules']}
        >
          {(rule) => (
            <code className={css['rule']} data-deny={rule.startsWith('-') || undefined}>
              <Breakable>{printable(rule, Infinity)}</Breakable>
            </code>
          )}
        </VirtualList>
      )}
    </div>
  );
}
