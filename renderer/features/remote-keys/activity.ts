import {
  FilePlus2,
  LockKeyhole,
  LockKeyholeOpen,
  PenLine,
  RefreshCw,
  Repeat2,
  SearchCheck,
  Trash2,
} from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const remoteKeyActivity = {
  'remote_key.created': display('Key made at a keeper', FilePlus2),
  'remote_key.rotated': display('Key at a keeper rotated', RefreshCw),
  'remote_key.refreshed': display('Key at a keeper refreshed', Repeat2),
  'remote_key.generation_destroyed': display('Generation of a key destroyed', Trash2),
  'remote_key.signed': display('Signed with a key at a keeper', PenLine),
  'remote_key.verified': display('Signature verified at a keeper', SearchCheck),
  'remote_key.encrypted': display('Encrypted with a key at a keeper', LockKeyhole),
  'remote_key.decrypted': display('Decrypted with a key at a keeper', LockKeyholeOpen),
} satisfies Partial<ActivityDisplays>;
