import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import type { HashMethod, SignatureScheme } from '../../../contracts/domain/remote-key.ts';
import { hashesOf, hashNames, schemesOf } from './key-words.ts';

/** How something is signed. */
export interface SigningTerms {
  scheme: SignatureScheme;
  hash: HashMethod;
}

/** What is usual for an algorithm; null where that is not known. */
export function usualTerms(algorithm: string | null): SigningTerms {
  return termsOf(schemesOf(algorithm)[0] ?? 'EdDSA');
}

function termsOf(scheme: SignatureScheme): SigningTerms {
  return { scheme, hash: hashesOf(scheme)[0] ?? 'NONE' };
}

interface SigningTermsFieldsProps {
  algorithm: string | null;
  terms: SigningTerms;
  onChange: (terms: SigningTerms) => void;
}

/** Scheme and hash, side by side. */
export function SigningTermsFields({ algorithm, terms, onChange }: SigningTermsFieldsProps): ReactNode {
  const offered = schemesOf(algorithm);
  return (
    <div className="kh-pair">
      <NativeSelect
        label="Scheme"
        value={terms.scheme}
        data={[...offered]}
        onChange={(event) => onChange(termsOf(event.currentTarget.value as SignatureScheme))}
      />
      <NativeSelect
        label="Hash"
        value={terms.hash}
        data={hashesOf(terms.scheme).map((value) => ({ value, label: hashNames[value] }))}
        onChange={(event) => onChange({ ...terms, hash: event.currentTarget.value as HashMethod })}
      />
    </div>
  );
}
