import {
  BadgeCheck,
  LockKeyhole,
  LockOpen,
  RefreshCw,
  RotateCw,
  Signature,
  type LucideIcon,
} from 'lucide-react';
import type { OperationId } from '../../../contracts/permissions/operations.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import type { Allowance, Reason } from './allowance.ts';
import { stateReason, type Use } from './key-words.ts';

export interface Deed {
  id: 'sign' | 'verify' | 'encrypt' | 'decrypt' | 'rotate' | 'refresh';
  label: string;
  icon: LucideIcon;
  operation: OperationId;
  use: Use;
}

/** What can be done with a key, in the order of their buttons. */
export const deeds: readonly Deed[] = [
  { id: 'sign', label: 'Sign', icon: Signature, operation: 'key.sign', use: 'apply' },
  { id: 'verify', label: 'Verify', icon: BadgeCheck, operation: 'key.verify', use: 'process' },
  { id: 'encrypt', label: 'Encrypt', icon: LockKeyhole, operation: 'key.encrypt', use: 'apply' },
  { id: 'decrypt', label: 'Decrypt', icon: LockOpen, operation: 'key.decrypt', use: 'process' },
  { id: 'rotate', label: 'Rotate', icon: RotateCw, operation: 'dkg.rotate', use: 'renew' },
  { id: 'refresh', label: 'Refresh', icon: RefreshCw, operation: 'dkg.refresh', use: 'renew' },
];

/**
 * Why a deed is off: by the rules first, for they are what people can have changed.
 *
 * @param key - Null where nothing is known of it but its id: then its state speaks against nothing.
 */
export function whyNot(
  { operation, use }: Pick<Deed, 'operation' | 'use'>,
  allowance: Allowance,
  keyId: string,
  key: Pick<RemoteKey, 'tampered' | 'state'> | null,
): Reason {
  return allowance(operation, keyId) ?? (key === null ? null : stateReason(key, use));
}
