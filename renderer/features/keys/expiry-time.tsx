import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { expiryStage } from '../../../contracts/domain/key-expiry.ts';
import { useNow } from '../../lib/use-now.ts';
import { RelativeTime } from '../../ui/time.tsx';
import css from './keys-page.module.css';

/** When a key expires, marked when that is near. */
export function ExpiryTime({ at }: { at: string | null }): ReactNode {
  const now = useNow(60_000);
  if (at === null) return <span className="kh-dim">Never</span>;
  const stage = expiryStage(at, now);
  return (
    <span className={css['expiry']} data-stage={stage ?? undefined}>
      {stage !== null && <TriangleAlert aria-hidden="true" />}
      <RelativeTime at={at} />
    </span>
  );
}
