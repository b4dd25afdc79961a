import type { ReactNode } from 'react';
import { Breakable } from './breakable.tsx';
import css from './sheet.module.css';

interface SheetPartProps {
  title: string;
  /** 4 below a heading in the sheet. */
  level?: 3 | 4;
  /** At the end of the title's line. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled part of a sheet. Where the focus is left to it, its title is read out. */
export function SheetPart({ title, level = 3, aside, children }: SheetPartProps): ReactNode {
  const Heading = `h${level}` as const;
  return (
    <section className="kh-stack" data-gap="2" aria-label={title}>
      <SheetHead aside={aside}>
        <Heading className={css['heading']}>{title}</Heading>
      </SheetHead>
      {children}
    </section>
  );
}

/** A line with something at its end. */
export function SheetHead({ aside, children }: { aside?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className={css['head']}>
      {children}
      {aside}
    </div>
  );
}

/** A list of a few things. */
export function ItemList({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <ul className={css['list']} aria-label={label}>
      {children}
    </ul>
  );
}

interface ItemProps {
  icon?: ReactNode;
  name: string;
  /** Below the name. */
  notes: ReactNode;
  /** Behind both: more of it, and what can be done to it. */
  children: ReactNode;
}

/** One of an `ItemList`. */
export function Item({ icon, name, notes, children }: ItemProps): ReactNode {
  return (
    <li className={css['item']}>
      {icon}
      <span className={css['itemWords']}>
        <span className={css['itemName']}>
          <Breakable>{name}</Breakable>
        </span>
        {notes}
      </span>
      {children}
    </li>
  );
}

/** A line of an item's `notes`. */
export function ItemNote({ children }: { children: ReactNode }): ReactNode {
  return <span className={css['itemNote']}>{children}</span>;
}

interface TextBlockProps {
  label: string;
  /** It is never lower than three lines, so that what is below it stays where it is. */
  tall?: boolean;
  /** Nothing until it is there. */
  children: ReactNode;
}

/** Text to copy, as it is. */
export function TextBlock({ label, tall = false, children }: TextBlockProps): ReactNode {
  return (
    <pre className={css['text']} data-tall={tall || undefined} tabIndex={0} aria-label={label}>
      {children}
    </pre>
  );
}
