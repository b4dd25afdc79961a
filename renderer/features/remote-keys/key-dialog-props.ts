import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import type { Answer } from '../../lib/api.ts';

export type Generation = Answer<'remoteKeys', 'one'>['generations'][number];

export interface KeyDialogProps {
  context: ContextSummary;
  keyId: string;
  /** What the service told of the key; null where it tells nothing. */
  known: RemoteKey | null;
  /** The newest first; empty where they are not known. */
  generations: readonly Generation[];
  onClose: () => void;
}
