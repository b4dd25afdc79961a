import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { signInWords } from '../credentials/sign-in-words.ts';
import { printable } from '../../../contracts/domain/printable.ts';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import type { VaultState } from '../../../contracts/ipc/vault.ts';
import { parseTtl } from '../tokens/ttl.ts';

/** What the tray shows depends on this and on nothing else. */
export interface TrayState {
  vault: VaultState;
  /** When it locks by itself. */
  locking: string;
  /** Empty unless the vault is unlocked: locked, the tray tells no names. */
  contexts: readonly ContextSummary[];
  /** How many there are beside them. */
  more: number;
}

/** What a click on an entry asks for. */
export type TrayAction =
  | { do: 'copy'; contextId: string; ttl: TrayTtl; form: TrayForm }
  | { do: 'choose'; contextId: string }
  | { do: 'lock' }
  | { do: 'open' }
  | { do: 'quit' };

type TrayTtl = '1h' | '24h';
type TrayForm = Extract<ClientForm, 'raw' | 'curl'>;

export type TrayEntry =
  | { kind: 'separator' }
  /** Text that cannot be clicked. */
  | { kind: 'text'; label: string }
  | { kind: 'action'; label: string; enabled: boolean; action: TrayAction }
  | { kind: 'radio'; label: string; checked: boolean; action: TrayAction }
  | { kind: 'menu'; label: string; entries: readonly TrayEntry[] };

export interface TrayMenu {
  /** Which of the pictures. */
  picture: 'locked' | 'unlocked';
  tooltip: string;
  entries: readonly TrayEntry[];
}

/** More would not fit a screen; the rest is in the window. */
export const mostContexts = 15;
const longestName = 32;

const characterSegments = new Intl.Segmenter('en');

const separator: TrayEntry = { kind: 'separator' };

const copies: readonly { ttl: TrayTtl; form: TrayForm; words: string }[] = [
  { ttl: '1h', form: 'raw', words: 'token for 1 hour' },
  { ttl: '24h', form: 'raw', words: 'token for 24 hours' },
  { ttl: '1h', form: 'curl', words: 'curl command for 1 hour' },
  { ttl: '24h', form: 'curl', words: 'curl command for 24 hours' },
];

/** The menu of the tray. The current context's tokens are two clicks away, the others' three. */
export function trayMenu(state: TrayState): TrayMenu {
  const unlocked = state.vault === 'unlocked';
  const line = stateLine(state);
  return {
    picture: unlocked ? 'unlocked' : 'locked',
    tooltip: `Keyhold: ${line}`,
    entries: [
      text(line),
      ...(unlocked ? [...signInEntry(state.contexts), text(state.locking)] : []),
      separator,
      ...(unlocked ? contextEntries(state.contexts, state.more) : []),
      ...(unlocked ? [action('Lock', { do: 'lock' })] : []),
      action(openLabel(state.vault), { do: 'open' }),
      action('Quit Keyhold', { do: 'quit' }),
    ],
  };
}

function stateLine({ vault, contexts }: TrayState): string {
  switch (vault) {
    case 'missing':
      return 'No vault yet';
    case 'locked':
      return 'Locked';
    case 'damaged':
    case 'newer':
      return 'The vault cannot be opened';
    case 'unlocked': {
      const current = currentOf(contexts);
      return current === undefined ? 'Unlocked, no context yet' : `Unlocked, ${shortName(current)}`;
    }
  }
}

/** How the current context's sign-in stands, with its time: a menu is made once and looked at later. */
function signInEntry(contexts: readonly ContextSummary[]): TrayEntry[] {
  const current = currentOf(contexts);
  return current === undefined ? [] : [text(`Sign-in: ${lowerFirst(signInWords(current))}`)];
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function openLabel(vault: VaultState): string {
  return vault === 'locked' ? 'Unlock Keyhold…' : 'Open Keyhold';
}

function contextEntries(contexts: readonly ContextSummary[], left: number): TrayEntry[] {
  const current = currentOf(contexts);
  if (current === undefined) return [];
  const others = contexts.filter(({ id }) => id !== current.id);
  const shown = [current, ...others].slice(0, mostContexts);
  const radios = contexts.filter((context) => shown.includes(context)).map(radio);
  const rest = contexts.length - shown.length + left;
  const more: TrayEntry[] =
    rest > 0 ? [separator, action(`${String(rest)} more in Keyhold…`, { do: 'open' })] : [];
  return [
    ...copyEntries(current, 'Copy '),
    ...(others.length === 0
      ? []
      : [
          {
            kind: 'menu' as const,
            label: 'Copy from another context',
            entries: shown.slice(1).map((context) => copyMenu(context)),
          },
          separator,
          { kind: 'menu' as const, label: 'Context', entries: [...radios, ...more] },
        ]),
    separator,
  ];
}

function copyMenu(context: ContextSummary): TrayEntry {
  return { kind: 'menu', label: shortName(context), entries: copyEntries(context, '') };
}

function copyEntries(context: ContextSummary, verb: 'Copy ' | ''): TrayEntry[] {
  return copies.map(({ ttl, form, words }) => ({
    kind: 'action',
    label: verb === '' ? words.charAt(0).toUpperCase() + words.slice(1) : verb + words,
    enabled: context.state === 'active' && (parseTtl(ttl) ?? Infinity) <= (context.maxTokenTtl ?? 0),
    action: { do: 'copy', contextId: context.id, ttl, form },
  }));
}

function radio(context: ContextSummary): TrayEntry {
  return {
    kind: 'radio',
    label: shortName(context),
    checked: context.current,
    action: { do: 'choose', contextId: context.id },
  };
}

function text(label: string): TrayEntry {
  return { kind: 'text', label };
}

function action(label: string, what: TrayAction): TrayEntry {
  return { kind: 'action', label, enabled: true, action: what };
}

function currentOf(contexts: readonly ContextSummary[]): ContextSummary | undefined {
  return contexts.find(({ current }) => current) ?? contexts[0];
}

/** A name as one line of limited length, cut between characters. */
function shortName({ name }: ContextSummary): string {
  const characters = Array.from(characterSegments.segment(printable(name)), ({ segment }) => segment);
  const isLong = characters.length > longestName;
  return isLong ? `${characters.slice(0, longestName - 1).join('')}…` : characters.join('');
}
