import { NativeSelect } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { roleTestsMax } from '../../../../contracts/domain/role.ts';
import type { RoleTest } from '../../../../contracts/ipc/rules.ts';
import type { Decision } from '../../../../contracts/permissions/decision.ts';
import type { TestResult } from '../../../../contracts/permissions/effects.ts';
import { isKeyId, isOfKey, type OperationId } from '../../../../contracts/permissions/operations.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Code } from '../../../ui/code.tsx';
import { settleDraft } from '../../../ui/drafts.ts';
import { testKey } from '../model/desk.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { noKeyIdWords, operationName, refusedWords } from '../model/words.ts';
import { OperationField } from '../simulator/operation-field.tsx';
import { KeyField } from '../simulator/key-field.tsx';
import css from './roles.module.css';

interface RoleTestsProps {
  tests: readonly RoleTest[];
  /** What came of them; null while that is being found out. */
  results: readonly TestResult<RoleTest>[] | null;
  keys: KnownKeys;
  onChange: (tests: readonly RoleTest[]) => void;
}

/** What must stay allowed and what must stay denied, whatever is written. */
export function RoleTests({ tests, results, keys, onChange }: RoleTestsProps): ReactNode {
  return (
    <div className="kh-stack" data-gap="3">
      {tests.length === 0 && (
        <p className="kh-dim">
          None yet. What you note here is tried at each change, and you see it before you save when one fails.
        </p>
      )}
      {tests.length > 0 && (
        <ul className={css['tests']} aria-label="Tests">
          {tests.map((test) => (
            <TestLine
              key={testKey(test)}
              test={test}
              result={results?.find((result) => testKey(result.test) === testKey(test)) ?? null}
              onRemove={() => onChange(tests.filter((other) => other !== test))}
            />
          ))}
        </ul>
      )}
      {tests.length < roleTestsMax && (
        <NewTest
          keys={keys}
          onAdd={(test) => {
            if (!tests.some((other) => testKey(other) === testKey(test))) onChange([...tests, test]);
          }}
        />
      )}
    </div>
  );
}

interface TestLineProps {
  test: RoleTest;
  result: TestResult<RoleTest> | null;
  onRemove: () => void;
}

function TestLine({ test, result, onRemove }: TestLineProps): ReactNode {
  const words = testWords(test);
  return (
    <li className={css['test']} data-failed={result?.passed === false || undefined}>
      <span className={css['verdict']}>
        {result === null ? (
          <Badge tone="neutral">Not run</Badge>
        ) : (
          <Badge tone={result.passed ? 'good' : 'error'}>{result.passed ? 'Holds' : 'Fails'}</Badge>
        )}
      </span>
      <span className={css['testWords']}>
        <span>{words}</span>
        {result?.passed === false && <span className={css['why']}>{whyWords(result.decision)}</span>}
      </span>
      <Button
        size="small"
        kind="quiet"
        icon={<Trash2 size={16} />}
        aria-label={`Remove the test: ${words}`}
        onClick={onRemove}
      />
    </li>
  );
}

/** A test in words. */
export function testWords({ operation, keyId, allowed }: RoleTest): string {
  const of = keyId === null ? '' : ` with ${keyId}`;
  return `${operationName(operation)}${of} must stay ${allowed ? 'allowed' : 'denied'}`;
}

function whyWords(decision: Decision): ReactNode {
  switch (decision.because) {
    case 'granted':
    case 'denied':
      return (
        <>
          {decision.because === 'granted' ? 'Granted by ' : 'Denied by '}
          <Code>{decision.by.text}</Code>
        </>
      );
    case 'not_granted':
      return 'No rule grants it';
    case 'bad_rule':
      return `A line ${refusedWords}`;
  }
}

function NewTest({ keys, onAdd }: { keys: KnownKeys; onAdd: (test: RoleTest) => void }): ReactNode {
  const [operation, setOperation] = useState<OperationId>('key.sign');
  const [keyId, setKeyId] = useState('');
  const [allowed, setAllowed] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault();
    settleDraft(event.currentTarget);
    if (isOfKey(operation) && !isKeyId(keyId)) {
      setProblem(keyId === '' ? 'Name a key.' : noKeyIdWords);
      return;
    }
    onAdd({ operation, keyId: isOfKey(operation) ? keyId : null, allowed });
    setKeyId('');
  };
  return (
    <form className={css['newTest']} aria-label="New test" onSubmit={submit} noValidate>
      <OperationField value={operation} onChange={setOperation} />
      {isOfKey(operation) && (
        <KeyField
          value={keyId}
          keys={keys}
          problem={problem}
          onChange={(next) => {
            setKeyId(next);
            setProblem(null);
          }}
        />
      )}
      <NativeSelect
        label="Must stay"
        value={allowed ? 'allowed' : 'denied'}
        data={[
          { value: 'denied', label: 'Denied' },
          { value: 'allowed', label: 'Allowed' },
        ]}
        onChange={(event) => setAllowed(event.currentTarget.value === 'allowed')}
      />
      <Button type="submit" size="large" className={css['add'] ?? ''} icon={<Plus size={16} />}>
        Add test
      </Button>
    </form>
  );
}
