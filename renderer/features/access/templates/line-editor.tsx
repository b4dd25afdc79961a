import { TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { templateLinesMax } from '../../../../contracts/server-api/access/templates.ts';
import { Button } from '../../../ui/button.tsx';
import { LevelField } from '../parts/level-field.tsx';
import { newDraft, type LineDraft, type LineProblem } from './line-drafts.ts';
import { LineFit } from './line-fit.tsx';
import css from './templates.module.css';

interface LineEditorProps {
  organization: string;
  repositories: readonly { name: string }[];
  drafts: readonly LineDraft[];
  /** What is wrong with each; empty as long as nobody tried to save. */
  problems: readonly LineProblem[];
  onChange: (drafts: LineDraft[]) => void;
}

/** The lines of a template: for which repositories, what they give, for how long. */
export function LineEditor(props: LineEditorProps): ReactNode {
  const { organization, repositories, drafts, problems, onChange } = props;
  const list = useRef<HTMLDivElement>(null);
  const add = (): void => {
    const key = Math.max(-1, ...drafts.map((draft) => draft.key)) + 1;
    onChange([...drafts, newDraft(key, `${organization}/`)]);
    // Where it is drawn.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-path="${key}"]`)?.focus());
  };
  return (
    <div ref={list} className={css['lines']}>
      <div className={css['heads']} aria-hidden>
        <span>Repositories</span>
        <span>May</span>
        <span>Days</span>
        <span />
      </div>
      {drafts.map((draft, index) => (
        <Line
          key={draft.key}
          {...{ draft, drafts, repositories }}
          number={index + 1}
          problem={problems[index] ?? {}}
          onChange={(next) => onChange(drafts.map((each) => (each === draft ? next : each)))}
          onRemove={() => {
            onChange(drafts.filter((each) => each !== draft));
            list.current?.querySelector<HTMLElement>('[data-add]')?.focus();
          }}
        />
      ))}
      {drafts.length < templateLinesMax && (
        <div>
          <Button size="small" icon={<Plus />} data-add onClick={add}>
            Add line
          </Button>
        </div>
      )}
    </div>
  );
}

interface LineProps {
  draft: LineDraft;
  drafts: readonly LineDraft[];
  repositories: readonly { name: string }[];
  number: number;
  problem: LineProblem;
  onChange: (draft: LineDraft) => void;
  onRemove: () => void;
}

function Line(props: LineProps): ReactNode {
  const { draft, drafts, repositories, number, problem, onChange, onRemove } = props;
  const name = `line ${number.toLocaleString('en')}`;
  return (
    <div className={css['line']} role="group" aria-label={`L${name.slice(1)}`}>
      <TextInput
        aria-label={`Repositories of ${name}`}
        data-path={draft.key}
        value={draft.repositories}
        maxLength={256}
        autoComplete="off"
        spellCheck={false}
        error={problem.repositories}
        onChange={({ currentTarget: { value } }) => onChange({ ...draft, repositories: value })}
      />
      <LevelField
        label={`What ${name} gives`}
        bits={draft.bits}
        kept={draft.kept}
        onChange={(bits) => onChange({ ...draft, bits })}
      />
      <TextInput
        aria-label={`Days of ${name}`}
        data-path={`${draft.key}-days`}
        value={draft.days}
        placeholder="No end"
        maxLength={4}
        inputMode="numeric"
        autoComplete="off"
        error={problem.days}
        onChange={({ currentTarget: { value } }) => onChange({ ...draft, days: value })}
      />
      <Button kind="quiet" icon={<X />} aria-label={`Remove ${name}`} onClick={onRemove} />
      {problem.repositories === undefined && (
        <div className={css['below']}>
          <LineFit lines={drafts} line={draft} repositories={repositories} />
        </div>
      )}
    </div>
  );
}
