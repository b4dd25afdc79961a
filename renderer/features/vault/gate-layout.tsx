import type { ReactNode } from 'react';
import { BrandMark } from '../../ui/brand-mark.tsx';
import css from './gate-layout.module.css';

interface GateLayoutProps {
  title: string;
  lead?: ReactNode;
  width?: 'narrow' | 'wide';
  /** Where the title stands does not depend on how much is below it. */
  steady?: boolean;
  children: ReactNode;
}

/** The frame of everything that is shown while the vault is not open. */
export function GateLayout({
  title,
  lead,
  width = 'narrow',
  steady = false,
  children,
}: GateLayoutProps): ReactNode {
  return (
    <main className={css['page']}>
      <div className={css['column']} data-width={width} data-steady={steady || undefined}>
        <header className={css['head']}>
          <span className={css['mark']}>
            <BrandMark />
          </span>
          <h1 className={css['title']}>{title}</h1>
          {lead !== undefined && <p className={css['lead']}>{lead}</p>}
        </header>
        {children}
      </div>
    </main>
  );
}
