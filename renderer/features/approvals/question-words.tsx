import type { ReactNode } from 'react';
import type { ApprovalQuestion, UseQuestion } from '../../../contracts/domain/approval.ts';
import { durationWords } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Code } from '../../ui/code.tsx';
import type { Fact } from '../../ui/fact-list.tsx';

type ChangeQuestion = Extract<ApprovalQuestion, { about: 'change' }>;

/** What is asked, in one line. */
export function titleOf(question: ApprovalQuestion): ReactNode {
  if (question.about === 'change') {
    if (question.change.kind === 'stop_asking') return 'Stop asking before programs use a context?';
    return (
      <>
        Forget that <strong>{question.change.program}</strong> was denied?
      </>
    );
  }
  const host = (
    <strong>
      <Breakable inSentence>{question.host}</Breakable>
    </strong>
  );
  const program = <strong>{question.caller?.program ?? 'an unknown program'}</strong>;
  switch (question.purpose) {
    case 'credential':
      return (
        <>
          Let {program} sign in to {host}?
        </>
      );
    case 'token':
      return (
        <>
          Let {program} have a token for {host}?
        </>
      );
    case 'tray_copy':
      return <>Copy a token for {host} to the clipboard?</>;
  }
}

/** Who asks, for what, and what an Allow means. */
export function factsOf(question: ApprovalQuestion): readonly Fact[] {
  return question.about === 'use' ? factsOfUse(question) : factsOfChange(question);
}

function factsOfUse({ purpose, caller, contextName, userId, life, requests }: UseQuestion): readonly Fact[] {
  const parents = caller?.parents.map(({ name }) => name).join(' ← ') ?? '';
  return [
    ...(requests > 1 ? [{ name: 'Requests', value: `${String(requests)} wait for this answer` }] : []),
    ...(purpose === 'tray_copy'
      ? [{ name: 'Asked by', value: 'The tray’s menu, or a program on the desktop’s bus' }]
      : []),
    ...(caller === null
      ? []
      : [
          {
            name: 'Program',
            value: <Code>{caller.path}</Code>,
          },
        ]),
    ...(parents === '' ? [] : [{ name: 'Started by', value: parents }]),
    {
      name: 'Context',
      value: (
        <>
          {contextName} <code className="kh-dim">{userId}</code>
        </>
      ),
    },
    ...(life === null ? [] : [{ name: 'Token life', value: durationWords(life) }]),
  ];
}

function factsOfChange({ change }: ChangeQuestion): readonly Fact[] {
  const asked = { name: 'Asked by', value: 'Keyhold’s window' };
  if (change.kind === 'stop_asking') {
    return [asked, { name: 'From then on', value: 'Every program of yours may use every context, unasked' }];
  }
  const { program, contextName } = change;
  return [asked, { name: 'From then on', value: `${program} may use ${contextName}, unasked` }];
}

/** How much to believe, and when to deny. */
export function hintOf(question: ApprovalQuestion): string {
  if (question.about === 'change') return 'Deny what you did not ask for.';
  if (question.purpose === 'tray_copy') {
    return 'Keyhold cannot tell a click in the tray from a program that sends one. Deny what you did not click.';
  }
  if (question.caller === null) {
    return 'It is not known which program asks, so the answer is not remembered. Deny what you did not start.';
  }
  return 'Name and path are what the program says of itself. Deny what you did not start.';
}
