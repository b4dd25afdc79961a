import { Ban, Check, CircleHelp, Minus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Decision } from '../../../../contracts/permissions/decision.ts';

/** What was decided as a sign that needs no colour: a tick, a bar through a ring, a dash, a warning, a question mark. */
export function Sign({ decision }: { decision: Decision | null }): ReactNode {
  const size = 16;
  switch (decision?.because) {
    case 'granted':
      return <Check size={size} strokeWidth={3} />;
    case 'denied':
      return <Ban size={size} />;
    case 'not_granted':
      return <Minus size={size} />;
    case 'bad_rule':
      return <TriangleAlert size={size} />;
    case undefined:
      return <CircleHelp size={size} />;
  }
}
