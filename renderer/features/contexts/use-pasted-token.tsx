import { useRef, useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { PastedClaims } from '../../../contracts/ipc/token-sign-in.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { useNow } from '../../lib/use-now.ts';
import type { SecretField } from '../../ui/secret-form.ts';
import { PassphraseField } from '../vault/passphrase-field.tsx';
import { TokenFacts } from './token-facts.tsx';
import { timeProblem, type Expected } from './token-problems.ts';

interface PastedToken extends SecretField {
  /** The field, and what the token in it says. */
  field: ReactNode;
}

/** What is known of the text in the field; the text itself stays there. */
type Reading = { kind: 'nothing' | 'too_long' | 'no_jwt' } | { kind: 'read'; claims: PastedClaims };

/** What the service, or main, refuses about a token. */
const refusals: readonly ErrorCode[] = [
  'token_no_jwt',
  'token_over',
  'token_not_yet',
  'token_refused',
  'other_account',
];

/**
 * A field for a JWT, which is taken apart while it is pasted.
 *
 * @param expected - Null for a context that is not there yet.
 */
export function usePastedToken(expected: Expected | null): PastedToken {
  const input = useRef<HTMLInputElement>(null);
  const [reading, setReading] = useState<Reading>({ kind: 'nothing' });
  const [refused, setRefused] = useState<string | null>(null);
  const now = useNow(15_000);
  const problem = refused ?? problemOf(reading, now);
  const typed = (): string => input.current?.value.trim() ?? '';
  const look = async (): Promise<void> => {
    const token = typed();
    setRefused(null);
    if (token === '' || token.length > limits.inspectMax) {
      setReading({ kind: token === '' ? 'nothing' : 'too_long' });
      return;
    }
    try {
      const claims = await valueOf(keyhold().tokenSignIn.read({ token }));
      // Something else was pasted meanwhile: what that says is on its way.
      if (typed() === token) setReading(claims === null ? { kind: 'no_jwt' } : { kind: 'read', claims });
    } catch {
      // It only helps: what is wrong is said when the token is used.
      setReading({ kind: 'nothing' });
    }
  };
  return {
    field: (
      <>
        <PassphraseField
          ref={input}
          label="Token"
          autoComplete="off"
          maxLength={limits.inspectMax + 1}
          hint="A JWT for this service, from whoever issues them. It is kept in the vault until it ends."
          autoFocus
          error={problem}
          onInput={() => void look()}
        />
        {reading.kind === 'read' && <TokenFacts claims={reading.claims} expected={expected} />}
      </>
    ),
    read: () => {
      const token = typed();
      if (token !== '' && problemOf(reading, Date.now()) === null) return token;
      if (token === '') setRefused('Paste a token.');
      input.current?.focus();
      return null;
    },
    refuse: (error) => {
      const isAbout = error !== null && refusals.includes(error.code);
      const words = isAbout ? errorText(error.code, error.details) : null;
      setRefused(words && `${words.title}. ${words.advice}`);
      return isAbout;
    },
    clear: () => {
      if (input.current !== null) input.current.value = '';
      setReading({ kind: 'nothing' });
    },
  };
}

function problemOf(reading: Reading, now: number): string | null {
  switch (reading.kind) {
    case 'nothing':
      return null;
    case 'too_long':
      return `That is too long for a token: it has more than ${limits.inspectMax.toLocaleString('en')} characters. Copy the token alone.`;
    case 'no_jwt': {
      const { title, advice } = errorText('token_no_jwt');
      return `${title}. ${advice}`;
    }
    case 'read':
      return timeProblem(reading.claims, now);
  }
}
