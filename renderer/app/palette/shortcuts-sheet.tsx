import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { shortcut } from '../../lib/platform.ts';
import { shortcuts } from '../../lib/shortcuts.ts';
import { navigation } from '../navigation.ts';
import css from './shortcuts-sheet.module.css';

const groups = [
  { title: 'Window', entries: Object.values(shortcuts) },
  {
    title: 'Pages',
    entries: navigation.map(({ label }, index) => ({ key: String(index + 1), words: label })),
  },
];

/** All keys of the window. */
export function ShortcutsSheet({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={420}>
      {groups.map(({ title, entries }) => (
        <section key={title} className={css['group']} aria-label={title}>
          <h3 className={css['title']}>{title}</h3>
          <dl className={css['keys']}>
            {entries.map(({ key, words }) => (
              <div key={key} className={css['line']}>
                <dt>{words}</dt>
                <dd>
                  <kbd className={css['key']}>{shortcut(key)}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
