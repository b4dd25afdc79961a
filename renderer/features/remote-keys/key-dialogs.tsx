import type { ReactNode } from 'react';
import { DecryptDialog } from './decrypt-dialog.tsx';
import type { Deed } from './deeds.ts';
import { DestroyDialog } from './destroy-dialog.tsx';
import { EncryptDialog } from './encrypt-dialog.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import { RenewDialog } from './renew-dialog.tsx';
import { SignDialog } from './sign-dialog.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

export type KeyDeed = { kind: Deed['id'] } | { kind: 'destroy'; generation: number };

/** The dialog of whatever is to be done with a key. */
export function KeyDialog({ deed, ...props }: KeyDialogProps & { deed: KeyDeed }): ReactNode {
  switch (deed.kind) {
    case 'sign':
      return <SignDialog {...props} />;
    case 'verify':
      return <VerifyDialog {...props} />;
    case 'encrypt':
      return <EncryptDialog {...props} />;
    case 'decrypt':
      return <DecryptDialog {...props} />;
    case 'rotate':
    case 'refresh':
      return <RenewDialog {...props} mode={deed.kind} />;
    case 'destroy':
      return <DestroyDialog {...props} generation={deed.generation} />;
  }
}
