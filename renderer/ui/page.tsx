import { useEffect, type ReactNode } from 'react';
import { Breakable } from './breakable.tsx';
import css from './page.module.css';

interface PageProps {
  title: string;
  /** One line below the title. */
  lead?: ReactNode;
  /** The page's one primary action, and the few others beside it. */
  actions?: ReactNode;
  /** `wide`: as wide as the window; `full`: as high as it, too. */
  width?: 'text' | 'table' | 'wide' | 'full';
  children: ReactNode;
}

/** The frame of every page: title, primary action, content. */
export function Page({ title, lead, actions, width = 'table', children }: PageProps): ReactNode {
  useEffect(() => {
    document.title = `${title} – Keyhold`;
    return () => {
      document.title = 'Keyhold';
    };
  }, [title]);
  return (
    <div className={css['page']} data-width={width}>
      <div className={css['column']} data-width={width}>
        <header className={css['head']}>
          <div className={css['titleRow']}>
            <h1 className={css['title']}>{title}</h1>
            {actions !== undefined && <div className={css['actions']}>{actions}</div>}
          </div>
          {lead !== undefined && (
            <p className={css['lead']}>{typeof lead === 'string' ? <Breakable>{lead}</Breakable> : lead}</p>
          )}
        </header>
        <div className={css['content']}>{children}</div>
      </div>
    </div>
  );
}

/** What is to be known on whatever page is open: stands above it. */
export function AbovePage({ children }: { children: ReactNode }): ReactNode {
  return <div className={css['above']}>{children}</div>;
}

interface SectionProps {
  title?: string;
  /** Beside the section's title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled block of a page. Where the focus is left to it, its title is read out. */
export function Section({ title, aside, children }: SectionProps): ReactNode {
  return (
    <section aria-label={title}>
      {title !== undefined && (
        <div className={css['sectionHead']}>
          <h2 className={css['sectionTitle']}>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

interface CardProps {
  padded?: boolean;
  /** Read out when it comes up. */
  announced?: boolean;
  children: ReactNode;
}

/** A bordered surface for one thing. */
export function Card({ padded = true, announced = false, children }: CardProps): ReactNode {
  return (
    <div className={css['card']} data-padded={padded || undefined} role={announced ? 'status' : undefined}>
      {children}
    </div>
  );
}
