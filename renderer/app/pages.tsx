import type { ReactNode } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { useCurrentContext } from '../features/contexts/queries.ts';
import { WithContext } from '../features/contexts/with-context.tsx';
import { innerPages, pagesFor, type RoutedPage } from './page-table.ts';

/** The pages by their address; the address of one that is not there leads to Status. */
export function Pages(): ReactNode {
  const current = useCurrentContext() ?? null;
  return (
    <Routes>
      {[...pagesFor(current), ...innerPages].map((entry) => (
        <Route key={entry.path} path={entry.path} element={elementOf(entry)} />
      ))}
      <Route path="*" element={<Navigate to="/status" replace />} />
    </Routes>
  );
}

function elementOf(entry: RoutedPage): ReactNode {
  if (entry.group !== 'This computer') return <WithContext title={entry.label} page={entry.page} />;
  const OwnPage = entry.page;
  return <OwnPage />;
}
