import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';

/** Lines in place of content that is slow to come. They are drawn only after a short wait. */
export function LinesSkeleton({ lines }: { lines: number }): ReactNode {
  return (
    <div className="kh-stack kh-late" data-gap="3" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={16} width={index % 3 === 2 ? '60%' : '100%'} />
      ))}
    </div>
  );
}
