import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { hasDraft } from '../../ui/drafts.ts';
import { Notice } from '../../ui/notice.tsx';
import { AbovePage } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { isCovered } from '../../ui/use-shortcuts.ts';
import { linkQuery } from './queries.ts';

const joinPath = '/join';

/**
 * Opens the page of a link that came, once, unless that would throw away what is typed or lie under a dialog: then, and
 * when the page was left, a notice leads there. Of a link that is none of ours it says so.
 */
export function OpenedLinkNotice(): ReactNode {
  const link = useQuery(linkQuery).data ?? null;
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const shown = useRef<string | null>(null);
  const close = useAction(() => keyhold().links.close());
  const linkId = link?.kind === 'join' ? link.id : null;
  const show = useEffectEvent(() => {
    if (linkId === null || shown.current === linkId) return;
    shown.current = linkId;
    if (!isCovered() && !hasDraft(document.getElementById('page'))) void navigate(joinPath);
  });
  useEffect(() => show(), [linkId]);
  if (link === null || (link.kind === 'join' && pathname === joinPath)) return null;
  const dismiss = (
    <Button size="small" kind="quiet" call={close}>
      Dismiss
    </Button>
  );
  return (
    <AbovePage>
      {link.kind === 'unknown' ? (
        <Notice tone="info" title="A link was not opened" actions={dismiss}>
          Something asked Keyhold to open a link that it does not know. Nothing was done.
        </Notice>
      ) : (
        <Notice
          tone="info"
          title={`An invitation from ${link.host} waits`}
          actions={
            <>
              <Button size="small" onClick={() => void navigate(joinPath)}>
                Show invitation
              </Button>
              {dismiss}
            </>
          }
        >
          Nothing is done before you say so.
        </Notice>
      )}
    </AbovePage>
  );
}
