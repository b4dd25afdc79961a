import {
  Activity,
  Archive,
  Building2,
  ClipboardCopy,
  Keyboard,
  Lock,
  LogOut,
  MailOpen,
  Monitor,
  Moon,
  PanelLeft,
  Pencil,
  Plus,
  Stethoscope,
  Sun,
  Terminal,
  type LucideIcon,
} from 'lucide-react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Theme } from '../../../contracts/domain/settings.ts';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import type { OrgSummary } from '../../../contracts/ipc/orgs.ts';
import type { ContextDialog } from '../../features/contexts/context-popover.tsx';
import { findable, findAll, searchWords } from '../../lib/search-words.ts';
import { shortcuts } from '../../lib/shortcuts.ts';
import { keysOf, type PageEntry } from '../page-table.ts';

/** What the palette can do; `key` is the shortcut that does the same. */
export interface PaletteAction {
  id: string;
  group: 'Tokens' | 'Pages' | 'Contexts' | 'Organizations' | 'Actions';
  label: string;
  hint?: string;
  key?: string;
  icon?: LucideIcon;
  context?: ContextSummary;
  run: () => void;
}

interface PaletteHandlers {
  open: (path: string) => void;
  switchTo: (contextId: string) => void;
  switchOrg: (org: OrgSummary) => void;
  copyToken: (contextId: string, ttl: string, form: ClientForm) => void;
  setTheme: (theme: Theme) => void;
  lock: () => void;
  contextDialog: (dialog: ContextDialog) => void;
  toggleSidebar: () => void;
  showShortcuts: () => void;
}

const hour = 3600;
const tokenChoices = [
  { ttl: '1h', seconds: hour, words: '1 hour' },
  { ttl: '24h', seconds: 24 * hour, words: '24 hours' },
] as const;

function tokenActions(context: ContextSummary | null, handlers: PaletteHandlers): PaletteAction[] {
  if (context?.state !== 'active') return [];
  const offered = tokenChoices.filter(({ seconds }) => seconds <= (context.maxTokenTtl ?? 0));
  return (['raw', 'curl'] as const).flatMap((form) =>
    offered.map(({ ttl, words }) => ({
      id: `token-${ttl}-${form}`,
      group: 'Tokens' as const,
      label: form === 'raw' ? `Copy token, ${words}` : `Copy curl command, ${words}`,
      hint: context.name,
      icon: form === 'raw' ? ClipboardCopy : Terminal,
      run: () => handlers.copyToken(context.id, ttl, form),
    })),
  );
}

function pageActions(pages: readonly PageEntry[], handlers: PaletteHandlers): PaletteAction[] {
  const action = ({ icon }: PageEntry, label: string, path: string) => ({
    ...{ id: `page-${path}`, group: 'Pages' as const, label, icon },
    run: () => {
      handlers.open(path);
    },
  });
  return pages.flatMap((page) => [
    { ...action(page, page.label, page.path), key: keysOf(page) },
    ...(page.parts ?? []).map(({ label, path }) => action(page, label, path)),
  ]);
}

/** What is done to contexts as such. */
function contextActions(
  { current, contexts, orgs }: PaletteFacts,
  handlers: PaletteHandlers,
): PaletteAction[] {
  const action = (id: ContextDialog, label: string, icon: LucideIcon, hint?: string): PaletteAction => ({
    id,
    group: 'Actions',
    label,
    icon,
    ...(hint === undefined ? {} : { hint }),
    run: () => handlers.contextDialog(id),
  });
  return [
    ...(current === null ? [] : [action('edit', 'Edit context…', Pencil, current.name)]),
    ...(orgs.length > 0 ? [action('new_org', 'New organization…', Building2)] : []),
    ...(contexts.some(({ state }) => state !== 'signed_out')
      ? [action('sign_out_all', 'Sign out of all contexts…', LogOut)]
      : []),
  ];
}

function windowActions(handlers: PaletteHandlers): PaletteAction[] {
  const action = (
    id: string,
    label: string,
    icon: LucideIcon,
    run: () => void,
    key?: string,
  ): PaletteAction => ({
    id,
    group: 'Actions',
    label,
    icon,
    run,
    ...(key === undefined ? {} : { key }),
  });
  return [
    action('add-context', 'Add context…', Plus, () => handlers.open('/contexts/new')),
    action('join', 'Open an invitation…', MailOpen, () => handlers.open('/join')),
    action('lock', 'Lock the vault', Lock, handlers.lock, shortcuts.lock.key),
    action('backup', 'Backup and restore', Archive, () => handlers.open('/settings')),
    action('doctor', 'Doctor: check registry sign-in', Stethoscope, () =>
      handlers.open('/registries?doctor'),
    ),
    action('verify', 'Look at the activity log', Activity, () => handlers.open('/activity')),
    action('sidebar', shortcuts.sidebar.words, PanelLeft, handlers.toggleSidebar, shortcuts.sidebar.key),
    action('theme-light', 'Light theme', Sun, () => handlers.setTheme('light')),
    action('theme-dark', 'Dark theme', Moon, () => handlers.setTheme('dark')),
    action('theme-system', 'Theme of the system', Monitor, () => handlers.setTheme('system')),
    action('shortcuts', 'Keyboard shortcuts', Keyboard, handlers.showShortcuts, shortcuts.help.key),
  ];
}

/** What the palette's actions are made of. */
interface PaletteFacts {
  current: ContextSummary | null;
  contexts: readonly ContextSummary[];
  pages: readonly PageEntry[];
  /** Those of the current context's account; none where its service has none. */
  orgs: readonly OrgSummary[];
}

function orgActions({ current, orgs }: PaletteFacts, handlers: PaletteHandlers): PaletteAction[] {
  return orgs.map((org) => ({
    id: `org-${org.slug}`,
    group: 'Organizations',
    label: org.name,
    hint: `${org.slug} · ${org.role}${org.slug === current?.org ? ' · current' : ''}`,
    icon: Building2,
    run: () => handlers.switchOrg(org),
  }));
}

/** Everything that can be done now: tokens of the current context first, for they are wanted most. */
export function paletteActions(facts: PaletteFacts, handlers: PaletteHandlers): PaletteAction[] {
  const { current, contexts, pages } = facts;
  return [
    ...tokenActions(current, handlers),
    ...pageActions(pages, handlers),
    ...contexts.map((context) => ({
      id: `context-${context.id}`,
      group: 'Contexts' as const,
      label: context.name,
      hint: `${context.host} · ${context.userId}`,
      context,
      run: () => handlers.switchTo(context.id),
    })),
    ...orgActions(facts, handlers),
    ...contextActions(facts, handlers),
    ...windowActions(handlers),
  ];
}

/** How many are shown: what does not fit is found by typing. */
const shown = 50;

/** The actions that have every typed word, those first whose name begins with what was typed. */
export function matching(actions: readonly PaletteAction[], query: string): PaletteAction[] {
  const found = findAll(
    findable(actions, ({ label, hint, group }) => [label, hint, group]),
    query,
  );
  const typed = searchWords(query).join(' ');
  const begins = ({ label }: PaletteAction): boolean => typed !== '' && label.toLowerCase().startsWith(typed);
  return [...found.filter(begins), ...found.filter((action) => !begins(action))].slice(0, shown);
}
