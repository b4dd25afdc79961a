import type { ReactNode } from 'react';

/** The product's mark: a key held in an open ring. Takes the colour of the text around it. */
export function BrandMark({ size = 40 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path
        d="M20.9 4.4A12.5 12.5 0 1 0 27.6 11.1"
        stroke="currentColor"
        strokeWidth="2.75"
        strokeLinecap="round"
      />
      <circle cx="12.6" cy="19.4" r="4.1" stroke="currentColor" strokeWidth="2.75" />
      <path
        d="M15.6 16.4 27 5M21.4 10.6l3.2 3.2"
        stroke="currentColor"
        strokeWidth="2.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
