import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { roleRulesMax } from '../../../../contracts/domain/role.ts';
import { holdRules } from '../../../../contracts/permissions/decision.ts';
import { runTests } from '../../../../contracts/permissions/effects.ts';
import { ruleLines } from '../../../../contracts/permissions/rule.ts';
import { keyhold } from '../../../lib/api.ts';
import { counted } from '../../../lib/format.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Section } from '../../../ui/page.tsx';
import { toastDone, toastNote } from '../../../ui/toast.ts';
import { useAction } from '../../../ui/use-action.ts';
import { deniesLast } from '../editor/edit.ts';
import { RuleEditor, type EditorHandle } from '../editor/rule-editor.tsx';
import { currentNotes, linesOf, useAnalysis, type LineNote } from '../model/analysis.ts';
import { chooseRole, deskOfWindow, draftRole, settleRole, takeBegun, type OpenRole } from '../model/desk.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { rolesQuery } from '../queries.ts';
import { Denies, Findings } from './findings.tsx';
import { DeleteRoleDialog, NameDialog, type Naming } from './role-dialogs.tsx';
import { RoleHead } from './role-head.tsx';
import { RoleTests, testWords } from './role-tests.tsx';
import css from './roles.module.css';

type Layer = { kind: 'name'; naming: Naming } | { kind: 'delete' | 'discard' | 'save' };

/** One role: its rules, what is found out about them, what must stay so. */
export function OpenedRole({ opened, keys }: { opened: OpenRole; keys: KnownKeys }): ReactNode {
  const { role, content, isChanged } = opened;
  const client = useQueryClient();
  const desk = deskOfWindow();
  const editor = useRef<EditorHandle>(null);
  const analysis = useAnalysis(content, keys);
  const [layer, setLayer] = useState<Layer | null>(null);
  const [writing, setWriting] = useState<number | null>(null);
  const isToBeSaid = ({ line, isUnfinished }: LineNote): boolean => !(isUnfinished && line === writing);
  const close = (): void => setLayer(null);
  const lines = linesOf(content.text);
  const write = useAction(
    () => {
      const { text, tests } = content;
      return keyhold().rules.saveRole({ roleId: role.id, name: role.name, text, tests: [...tests] });
    },
    async (saved) => {
      // In the list before the draft goes: nothing of before is seen in between.
      client.setQueryData(rolesQuery.queryKey, (before) =>
        before?.map((other) => (other.id === saved.id ? saved : other)),
      );
      // What was typed meanwhile stays: `content` here is what stands there now.
      const now = desk.get().drafts.get(role.id);
      if (now !== undefined) draftRole(desk, saved, now);
      toastDone(`${saved.name} is saved`);
      await client.invalidateQueries(rolesQuery);
    },
  );
  const copy = useAction(
    () => keyhold().rules.copyRole({ roleId: role.id }),
    () => {
      toastDone('Copied as JSON', 'The claim “permissions”, as tokens carry it.');
    },
  );
  const keep = useAction(
    (form: 'claim' | 'dev-file') => keyhold().rules.exportRole({ roleId: role.id, form }),
    (file) => {
      if (file !== null) toastDone(`Exported as ${file.fileName}`);
    },
  );
  const failing = (): string[] => {
    const held = holdRules(ruleLines(content.text).map(({ text }) => text));
    return runTests(held, content.tests).flatMap(({ test, passed }) => (passed ? [] : [testWords(test)]));
  };
  const save = (): void => {
    if (!isChanged || write.isPending) return;
    const { length } = ruleLines(content.text);
    if (length > roleRulesMax)
      toastNote(
        `Not saved: a role has ${counted(roleRulesMax, 'rule')} at most, not ${length.toLocaleString('en')}.`,
      );
    else if (failing().length > 0) setLayer({ kind: 'save' });
    else write.mutate();
  };
  const saved = (run: () => void) => (): void => {
    if (isChanged) toastNote('Save the role first: what is saved is what goes out.');
    else run();
  };
  useEffect(() => {
    if (!takeBegun(desk, role.id)) return;
    editor.current?.goTo(0);
  }, [desk, role.id]);
  const denying = deniesLast(content.text);
  const isSettled = analysis?.of === content;
  const change = (text: string): void => draftRole(desk, role, { ...content, text });
  return (
    <div className={css['opened']}>
      <RoleHead
        opened={opened}
        failed={analysis?.tests.filter(({ passed }) => !passed).length ?? 0}
        busy={write.isPending}
        onSave={save}
        onDiscard={() => setLayer({ kind: 'discard' })}
        deeds={{
          rename: () => setLayer({ kind: 'name', naming: { kind: 'rename', role } }),
          duplicate: () => setLayer({ kind: 'name', naming: { kind: 'duplicate', of: role, content } }),
          copy: saved(copy.mutate),
          exportClaim: saved(() => keep.mutate('claim')),
          exportDevFile: saved(() => keep.mutate('dev-file')),
          remove: () => setLayer({ kind: 'delete' }),
        }}
      />
      <RuleEditor
        text={content.text}
        keys={keys}
        notesOf={(line) => currentNotes(lines, content, analysis, line).filter(isToBeSaid)}
        isSettled={isSettled}
        onChange={change}
        onSave={() => {
          setWriting(null);
          save();
        }}
        onWriting={setWriting}
        handle={editor}
      />
      <Findings
        notes={(analysis?.notes ?? []).filter(isToBeSaid)}
        onGo={(line) => editor.current?.goTo(line)}
        onFix={(line, next) => editor.current?.change(line, next)}
      />
      <Denies
        denies={analysis?.denies ?? []}
        count={analysis?.denyCount ?? 0}
        onGo={(line) => editor.current?.goTo(line)}
        onSort={denying === null ? null : () => editor.current?.rewrite(denying)}
      />
      <Section title="Must stay so">
        <RoleTests
          tests={content.tests}
          results={analysis?.tests ?? null}
          keys={keys}
          onChange={(tests) => draftRole(desk, role, { ...content, tests })}
        />
      </Section>
      {layer?.kind === 'name' && (
        <NameDialog naming={layer.naming} onDone={({ id }) => chooseRole(desk, id)} onClose={close} />
      )}
      {layer?.kind === 'delete' && (
        <DeleteRoleDialog role={role} onDone={() => settleRole(desk, role.id)} onClose={close} />
      )}
      <ConfirmDialog
        opened={layer?.kind === 'discard'}
        title={`Discard the changes of ${role.name}?`}
        action="Discard changes"
        busy={false}
        error={null}
        onConfirm={() => {
          settleRole(desk, role.id);
          close();
        }}
        onClose={close}
      >
        <p>The role is again as it was saved last. What was typed since then is gone.</p>
      </ConfirmDialog>
      <ConfirmDialog
        opened={layer?.kind === 'save'}
        title="What must stay so does not"
        action="Save all the same"
        busy={false}
        error={null}
        onConfirm={() => {
          write.mutate();
          close();
        }}
        onClose={close}
      >
        <p>With these rules {counted(failing().length, 'test fails', 'tests fail')}:</p>
        <ul className={css['failing']}>
          {failing()
            .slice(0, 10)
            .map((words) => (
              <li key={words}>{words}</li>
            ))}
        </ul>
      </ConfirmDialog>
    </div>
  );
}
