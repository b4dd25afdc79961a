import type { ReactNode } from 'react';
import { shortcut } from '../../lib/platform.ts';
import { shortcuts } from '../../lib/shortcuts.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { letterKeys, type PageEntry } from '../page-table.ts';
import { useShownPages } from '../shown-pages.ts';
import css from './shortcuts-dialog.module.css';

/** All keys of the window. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const pages = useShownPages();
  return (
    <Dialog opened={opened} onClose={onClose} title="Keyboard shortcuts" size={420}>
      <Group title="Window" lines={Object.values(shortcuts).map(({ key, words }) => [words, [key]])} />
      <Group title="Pages" lines={pages.map((page) => [page.label, keysOfBoth(page)])} />
    </Dialog>
  );
}

function keysOfBoth(page: PageEntry): string[] {
  return page.digit === undefined ? [letterKeys(page)] : [page.digit, letterKeys(page)];
}

interface GroupProps {
  title: string;
  /** What each does, and the keys that do it. */
  lines: readonly (readonly [string, readonly string[]])[];
}

function Group({ title, lines }: GroupProps): ReactNode {
  return (
    <section className={css['group']} aria-label={title}>
      <h3 className={css['title']}>{title}</h3>
      <dl className={css['keys']}>
        {lines.map(([words, keys]) => (
          <div key={words} className={css['line']}>
            <dt>{words}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key} className={css['key']}>
                  {shortcut(key)}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
