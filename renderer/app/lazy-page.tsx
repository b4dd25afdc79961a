import type { ComponentType, ReactNode } from 'react';
import { lazy, type Lazy } from '../ui/lazy.tsx';
import { LinesSkeleton } from '../ui/lines-skeleton.tsx';
import css from './lazy-page.module.css';

/** A page whose code is fetched when it is first opened, or before that. */
export function lazyPage<Props extends object>(load: () => Promise<ComponentType<Props>>): Lazy<Props> {
  return lazy(load, PageSkeleton);
}

function PageSkeleton(): ReactNode {
  return (
    <div className={css['page']}>
      <LinesSkeleton lines={4} />
    </div>
  );
}
