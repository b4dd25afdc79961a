import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { expiryStage } from '../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { exactTime, relativeTime } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { rotationQuery } from './queries.ts';
import { useRotationActions } from './use-rotation-actions.ts';

const RotateDialog = lazy(async () => (await import('./rotate-dialog.tsx')).RotateDialog);

/** What the key of a context needs: a rotation that is not finished, or an expiry that is near. */
export function KeyNotice({
  context,
  shown,
}: {
  context: ContextSummary;
  shown: KeySummary | null;
}): ReactNode {
  const rotation = useQuery(rotationQuery(context.id)).data ?? null;
  const navigate = useNavigate();
  const openKeys = (): void => void navigate('/keys');
  if (rotation !== null && rotation.step !== 'done') {
    return (
      <Notice
        tone={rotation.running ? 'info' : 'warning'}
        title={rotation.running ? 'The key is being rotated' : 'A key rotation is not finished'}
        actions={
          <Button size="small" onClick={openKeys}>
            Open Keys
          </Button>
        }
      >
        {rotation.running
          ? 'It takes a moment.'
          : 'Continue or undo it on the Keys page. A key signs meanwhile.'}
      </Notice>
    );
  }
  return shown !== null && <ExpiryNotice context={context} shown={shown} onRotate={openKeys} />;
}

interface ExpiryNoticeProps {
  context: ContextSummary;
  shown: KeySummary;
  /** The rotation has begun; its progress is on the Keys page. */
  onRotate: () => void;
}

function ExpiryNotice({ context, shown, onRotate }: ExpiryNoticeProps): ReactNode {
  const now = useNow(60_000);
  const actions = useRotationActions(context.id);
  const [asking, setAsking] = useState(false);
  const stage = expiryStage(shown.expiresAt, now);
  if (stage === null || shown.expiresAt === null || shown.state !== 'active') return null;
  const rotate = (
    <Button size="small" kind="primary" busy={actions.busy} onClick={() => setAsking(true)}>
      Rotate key
    </Button>
  );
  return (
    <>
      <Notice
        tone={stage === 'expired' ? 'error' : 'warning'}
        title={
          stage === 'expired'
            ? 'The key has expired'
            : `The key expires ${relativeTime(shown.expiresAt, now)}`
        }
        actions={rotate}
      >
        {stage === 'expired'
          ? `It reached its age limit on ${exactTime(shown.expiresAt)} and no longer signs. Rotate it, or set a later limit on the Keys page.`
          : `After ${exactTime(shown.expiresAt)} it no longer signs. Rotating it takes a moment and changes nothing for Podman.`}
      </Notice>
      {actions.error !== null && <ErrorNotice error={actions.error} />}
      <RotateDialog
        context={context}
        shown={asking ? shown : null}
        onRotate={() => {
          actions.goOn();
          onRotate();
        }}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
