import type { ReactNode } from 'react';
import { shortFingerprint } from '../lib/format.ts';
import css from './fingerprint.module.css';
import { Identicon } from './identicon.tsx';

interface FingerprintProps {
  fingerprint: string;
  /** Whole instead of its first and last characters. */
  whole?: boolean;
}

/** A key's fingerprint with its picture; short with the whole one on hover, or whole. */
export function Fingerprint({ fingerprint, whole = false }: FingerprintProps): ReactNode {
  return (
    <span className={css['fingerprint']}>
      <span className={css['picture']}>
        <Identicon fingerprint={fingerprint} size={whole ? 32 : 20} />
      </span>
      <code className={css['text']} data-whole={whole || undefined} title={whole ? undefined : fingerprint}>
        {whole ? fingerprint : shortFingerprint(fingerprint)}
      </code>
    </span>
  );
}
