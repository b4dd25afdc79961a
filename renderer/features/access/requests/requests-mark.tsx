import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { counted } from '../../../lib/format.ts';
import { useCurrentContext } from '../../contexts/queries.ts';
import { countsQuery } from '../model/request-queries.ts';
import css from './requests.module.css';

/** How many requests wait for the user of the current context, beside the page's name. Nothing while that is not known. */
export function RequestsMark(): ReactNode {
  const context = useCurrentContext();
  if (context?.state !== 'active' || !context.capabilities.includes('access')) return null;
  return <Count contextId={context.id} />;
}

function Count({ contextId }: { contextId: string }): ReactNode {
  const { data, isError } = useQuery(countsQuery(contextId));
  if (data === undefined || isError) return null;
  const count = data.organizations.reduce((sum, { open }) => sum + open, 0);
  if (count === 0) return null;
  const words = data.isWhole
    ? counted(count, 'waits', 'wait')
    : `more than ${count.toLocaleString('en')} wait`;
  return (
    <span className={css['mark']}>
      <span aria-hidden="true">
        {data.isWhole ? count.toLocaleString('en') : `${count.toLocaleString('en')}+`}
      </span>
      <span className="kh-hidden">{`, ${words} for you`}</span>
    </span>
  );
}
