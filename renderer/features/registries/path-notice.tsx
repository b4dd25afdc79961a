import type { ReactNode } from 'react';
import { Code } from '../../ui/code.tsx';
import { Notice } from '../../ui/notice.tsx';

/** Says that clients will not find the helper, and what to add to the PATH. */
export function PathNotice({ helperPath }: { helperPath: string }): ReactNode {
  const folder = helperPath.slice(0, Math.max(helperPath.lastIndexOf('/'), helperPath.lastIndexOf('\\')));
  return (
    <Notice tone="warning" title="Podman and Docker may not find the helper program">
      Its folder is not on the PATH that Keyhold was started with. Add <Code inSentence>{folder}</Code> to the
      PATH in your shell’s profile, then sign in to the desktop again.
    </Notice>
  );
}
