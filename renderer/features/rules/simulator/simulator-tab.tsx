import { useMemo, useRef, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import { isKeyId, isOfKey } from '../../../../contracts/permissions/operations.ts';
import { readRule } from '../../../../contracts/permissions/rule.ts';
import { counted } from '../../../lib/format.ts';
import { FilterField } from '../../../ui/filter-field.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { Section } from '../../../ui/page.tsx';
import type { KnownKeys } from '../model/known-keys.ts';
import { noKeyIdWords } from '../model/words.ts';
import { answerTo, ask } from './answer.ts';
import { HeatMap } from './heat-map.tsx';
import { KeyField } from './key-field.tsx';
import { HeatMapLegend } from './heat-map-legend.tsx';
import { OperationField } from './operation-field.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import css from './simulator.module.css';
import { SubjectList } from './subject-list.tsx';
import { useSubjects } from './subjects.ts';
import type { Question } from './question.ts';
import { Verdict } from './verdict.tsx';
import { WhatIf } from './what-if.tsx';

interface SimulatorTabProps {
  context: ContextSummary;
  keys: KnownKeys;
  question: Question;
  onQuestion: (question: Question) => void;
}

/** May somebody do something, and why: asked of rules, and of no service. */
export function SimulatorTab({ context, keys, question, onQuestion }: SimulatorTabProps): ReactNode {
  const { pasted, chosen, operation, line } = question;
  // The first key there is, as long as nobody named another.
  const typed = question.keyId ?? keys.ids[0] ?? '';
  const { subjects, standing, isReading, roles } = useSubjects(context, pasted);
  const change = (part: Partial<Question>): void => onQuestion({ ...question, ...part });
  const [filter, setFilter] = useState('');
  const [isPasting, setPasting] = useState(false);
  const verdict = useRef<HTMLDivElement>(null);
  // My token as long as it may still be told; then whoever there is.
  const first = isReading ? subjects[0] : (subjects.find(({ rules }) => rules !== null) ?? subjects[0]);
  const selected = chosen ?? new Set(first === undefined ? [] : [first.id]);
  const asking = subjects.filter(({ id }) => selected.has(id));
  const added = readRule(line).rule === null ? '' : line;
  const asked = ask(asking, added);
  const keyIds = useMemo(() => columnsOf(keys.ids, filter, typed), [keys.ids, filter, typed]);
  const keyId = isOfKey(operation) && isKeyId(typed) ? typed : null;
  const isAnswered = !isOfKey(operation) || keyId !== null;
  const decision = isAnswered ? answerTo(asked.held, operation, keyId) : null;
  return (
    <div className={css['tab']}>
      <SubjectList
        subjects={subjects}
        chosen={selected}
        hasPasted={pasted !== null}
        onChoose={(next) => change({ chosen: next })}
        onPaste={() => setPasting(true)}
      />
      <div className={css['main']}>
        {standing.isError && selected.has('mine') && (
          <ErrorNotice error={standing.error} retry={() => void standing.refetch()}>
            <p>
              {standing.data === undefined
                ? 'Which rules your token has is not known.'
                : 'The rules of your token are those that were read last.'}
            </p>
          </ErrorNotice>
        )}
        {roles.isError && <ErrorNotice error={roles.error} retry={() => void roles.refetch()} />}
        <div className={css['question']}>
          <OperationField value={operation} onChange={(next) => change({ operation: next })} />
          {isOfKey(operation) && (
            <KeyField
              value={typed}
              keys={keys}
              problem={typed === '' || isKeyId(typed) ? null : noKeyIdWords}
              onChange={(next) => change({ keyId: next })}
            />
          )}
        </div>
        <Verdict
          ref={verdict}
          {...{ asked, operation, keyId, decision }}
          onTry={(rule) => change({ line: rule })}
        />
        <WhatIf texts={asked.texts} keyIds={keyIds} line={line} onLine={(next) => change({ line: next })} />
        <Section
          title={asked.after === null ? 'All operations' : 'All operations, with that line'}
          aside={
            <div className={css['aside']}>
              {keys.ids.length > 8 && (
                <>
                  <span role="status" className="kh-dim">
                    {filter !== '' &&
                      `${keyIds.length.toLocaleString('en')} of ${counted(keys.ids.length, 'key')}`}
                  </span>
                  <div className={css['filter']}>
                    <FilterField label="Filter keys" value={filter} onChange={setFilter} />
                  </div>
                </>
              )}
              <HeatMapLegend />
            </div>
          }
        >
          <HeatMap
            {...{ asked, keyIds, operation }}
            keyId={isKeyId(typed) ? typed : null}
            onAsk={(next, id) => change({ operation: next, ...(id !== null && { keyId: id }) })}
            onWhy={() => verdict.current?.focus()}
          />
        </Section>
      </div>
      {isPasting && (
        <PasteDialog
          onRead={(claims) => change({ pasted: claims, chosen: new Set(['pasted']) })}
          onClose={() => setPasting(false)}
        />
      )}
    </div>
  );
}

/** The keys that the filter lets through, and before them the one that was typed where it is another. */
function columnsOf(ids: readonly string[], filter: string, typed: string): readonly string[] {
  const words = filter.trim().toLowerCase();
  const found = words === '' ? ids : ids.filter((id) => id.includes(words));
  return isKeyId(typed) && !found.includes(typed) ? [typed, ...found] : found;
}
