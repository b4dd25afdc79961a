import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Answer } from '../../lib/api.ts';
import { shortFingerprint } from '../../lib/format.ts';
import { Notice } from '../../ui/notice.tsx';

/** The private keys that a text has, when it has several. */
export type KeyChoices = Extract<Answer<'keys', 'import'>, { outcome: 'several' }>['choices'];

const formNames = { openssh: 'OpenSSH', pkcs8: 'PEM', jwk: 'JWK' } as const;

function words({ form, fingerprint, isProtected }: KeyChoices[number], index: number): string {
  const facts = [
    `${String(index + 1)}. ${formNames[form]}`,
    ...(isProtected ? ['with a passphrase'] : []),
    ...(fingerprint === null ? [] : [shortFingerprint(fingerprint)]),
    ...(fingerprint === null && !isProtected ? ['cannot be read'] : []),
  ];
  return facts.join(', ');
}

interface KeyChoiceProps {
  choices: KeyChoices;
  /** Counted from 0; null until one is chosen. */
  pick: number | null;
  onPick: (pick: number) => void;
}

/** Asks which of several private keys is meant. */
export function KeyChoice({ choices, pick, onPick }: KeyChoiceProps): ReactNode {
  return (
    <>
      <Notice tone="info" urgent title={`There are ${String(choices.length)} private keys in it`}>
        Choose the one that you mean, then import it.
      </Notice>
      <NativeSelect
        label="Which key"
        autoFocus
        value={pick ?? ''}
        data={[
          ...(pick === null ? [{ value: '', label: 'Choose a key', disabled: true }] : []),
          ...choices.map((choice, index) => ({ value: String(index), label: words(choice, index) })),
        ]}
        onChange={(event) => onPick(Number(event.currentTarget.value))}
      />
    </>
  );
}
