import {
  Activity,
  Bot,
  Box,
  Building2,
  FolderGit2,
  FolderTree,
  Gauge,
  Grid3x3,
  HandHelping,
  KeyRound,
  KeySquare,
  ListChecks,
  Package,
  ScrollText,
  Settings,
  Ticket,
  TicketPlus,
  UserCheck,
  UserPlus,
  UserRoundCog,
  UsersRound,
  Users,
  Vault,
  type LucideIcon,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { Capability } from '../../contracts/domain/capability.ts';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { RequestsMark } from '../features/access/requests/requests-mark.tsx';
import { KeysAttention } from '../features/keys/keys-attention.tsx';
import type { Lazy } from '../ui/lazy.tsx';
import { lazyPage } from './lazy-page.tsx';

/** A page with its address. Those of a context are given the current one, and start anew when another becomes it. */
export type RoutedPage = { path: string; label: string } & (
  | { group: 'Context' | 'Organization' | 'Service'; page: Lazy<{ context: ContextSummary }> }
  | { group: 'This computer'; page: Lazy<object> }
);

export type PageEntry = RoutedPage & {
  icon: LucideIcon;
  /** What the current context's service must be able to do for the page to be there. */
  needs?: Capability;
  /** Who has a use for it: others are not shown the way there. */
  only?: 'operators' | 'administrators' | 'auditors';
  /** Opens it behind Ctrl or ⌘. All nine digits are taken: a further page has its letter alone. */
  digit?: string;
  /** Opens it after Ctrl+G or ⌘G. Both keys are the page's own, whichever other pages are there. */
  letter: string;
  /** What is in it that the palette leads to as well. */
  parts?: readonly { label: string; path: string }[];
  /** Stands beside its name in the sidebar. */
  mark?: ComponentType;
};

export const pageGroups = ['Context', 'Organization', 'Service', 'This computer'] as const;

/** The sidebar's pages in its order. Sidebar, addresses, palette, keys and the dialog of keys are made of this. */
export const pages: readonly PageEntry[] = [
  {
    path: '/status',
    label: 'Status',
    icon: Gauge,
    group: 'Context',
    digit: '1',
    letter: 'S',
    page: lazyPage(async () => (await import('../features/status/status-page.tsx')).StatusPage),
  },
  {
    path: '/keys',
    label: 'Keys',
    icon: KeyRound,
    group: 'Context',
    digit: '2',
    letter: 'K',
    mark: KeysAttention,
    page: lazyPage(async () => (await import('../features/keys/keys-page.tsx')).KeysPage),
  },
  {
    path: '/tokens',
    label: 'Tokens',
    icon: Ticket,
    group: 'Context',
    digit: '3',
    letter: 'T',
    page: lazyPage(async () => (await import('../features/tokens/tokens-page.tsx')).TokensPage),
  },
  {
    path: '/registries',
    label: 'Registries',
    icon: Box,
    group: 'Context',
    digit: '4',
    letter: 'R',
    page: lazyPage(async () => (await import('../features/registries/registries-page.tsx')).RegistriesPage),
  },
  {
    path: '/repositories',
    label: 'Repositories',
    icon: Package,
    group: 'Organization',
    needs: 'repositories',
    digit: '5',
    letter: 'P',
    page: lazyPage(async () => (await import('../features/grants/repositories-page.tsx')).RepositoriesPage),
  },
  {
    path: '/permissions',
    label: 'Permissions',
    icon: Grid3x3,
    group: 'Organization',
    needs: 'access',
    letter: 'X',
    parts: [{ label: 'Review permissions', path: '/permissions?tab=review' }],
    page: lazyPage(async () => (await import('../features/access/permissions-page.tsx')).PermissionsPage),
  },
  {
    path: '/requests',
    label: 'Requests',
    icon: HandHelping,
    group: 'Organization',
    needs: 'access',
    letter: 'F',
    mark: RequestsMark,
    page: lazyPage(async () => (await import('../features/access/requests/requests-page.tsx')).RequestsPage),
  },
  {
    path: '/bots',
    label: 'Bots',
    icon: Bot,
    group: 'Organization',
    needs: 'bots',
    digit: '6',
    letter: 'B',
    page: lazyPage(async () => (await import('../features/bots/bots-page.tsx')).BotsPage),
  },
  {
    path: '/members',
    label: 'Members',
    icon: Users,
    group: 'Organization',
    needs: 'members',
    letter: 'M',
    page: lazyPage(async () => (await import('../features/members/members-page.tsx')).MembersPage),
  },
  {
    path: '/api-keys',
    label: 'API keys',
    icon: KeySquare,
    group: 'Organization',
    needs: 'api-keys',
    letter: 'I',
    page: lazyPage(async () => (await import('../features/api-keys/api-keys-page.tsx')).ApiKeysPage),
  },
  {
    path: '/projects',
    label: 'Projects',
    icon: FolderGit2,
    group: 'Organization',
    needs: 'projects',
    letter: 'J',
    page: lazyPage(async () => (await import('../features/projects/projects-page.tsx')).ProjectsPage),
  },
  {
    path: '/organization',
    label: 'Organization',
    icon: Building2,
    group: 'Organization',
    needs: 'organizations',
    letter: 'O',
    page: lazyPage(
      async () => (await import('../features/org-settings/organization-page.tsx')).OrganizationPage,
    ),
  },
  {
    path: '/accounts',
    label: 'Accounts',
    icon: UserPlus,
    group: 'Organization',
    needs: 'accounts',
    only: 'operators',
    letter: 'C',
    page: lazyPage(async () => (await import('../features/accounts/accounts-page.tsx')).AccountsPage),
  },
  {
    path: '/users',
    label: 'Users',
    icon: UserRoundCog,
    group: 'Service',
    needs: 'users',
    only: 'administrators',
    letter: 'U',
    page: lazyPage(async () => (await import('../features/users/users-page.tsx')).UsersPage),
  },
  {
    path: '/groups',
    label: 'Groups',
    icon: UsersRound,
    group: 'Service',
    needs: 'groups',
    // G begins the pair.
    letter: 'W',
    page: lazyPage(async () => (await import('../features/groups/groups-page.tsx')).GroupsPage),
  },
  {
    path: '/api-tokens',
    label: 'API tokens',
    icon: TicketPlus,
    group: 'Service',
    needs: 'api-tokens',
    letter: 'N',
    page: lazyPage(async () => (await import('../features/api-tokens/api-tokens-page.tsx')).ApiTokensPage),
  },
  {
    path: '/remote-keys',
    label: 'Remote keys',
    icon: Vault,
    group: 'Service',
    needs: 'remote-keys',
    letter: 'Y',
    page: lazyPage(async () => (await import('../features/remote-keys/remote-keys-page.tsx')).RemoteKeysPage),
  },
  {
    path: '/audit',
    label: 'Audit log',
    icon: ScrollText,
    group: 'Service',
    needs: 'audit',
    only: 'auditors',
    letter: 'L',
    page: lazyPage(async () => (await import('../features/audit/audit-page.tsx')).AuditPage),
  },
  {
    path: '/rules',
    label: 'Rules',
    icon: ListChecks,
    group: 'Service',
    needs: 'rules',
    letter: 'Z',
    parts: [
      { label: 'Simulate rules', path: '/rules?tab=simulator' },
      { label: 'Compare roles', path: '/rules?tab=compare' },
    ],
    page: lazyPage(async () => (await import('../features/rules/rules-page.tsx')).RulesPage),
  },
  {
    path: '/directory',
    label: 'Directory',
    icon: FolderTree,
    group: 'Service',
    needs: 'directory',
    only: 'administrators',
    letter: 'D',
    page: lazyPage(async () => (await import('../features/directory/directory-page.tsx')).DirectoryPage),
  },
  {
    path: '/activity',
    label: 'Activity',
    icon: Activity,
    group: 'This computer',
    digit: '7',
    letter: 'A',
    page: lazyPage(async () => (await import('../features/activity/activity-page.tsx')).ActivityPage),
  },
  {
    path: '/approvals',
    label: 'Approvals',
    icon: UserCheck,
    group: 'This computer',
    digit: '8',
    letter: 'V',
    page: lazyPage(async () => (await import('../features/approvals/approvals-page.tsx')).ApprovalsPage),
  },
  {
    path: '/settings',
    label: 'Settings',
    icon: Settings,
    group: 'This computer',
    digit: '9',
    letter: 'E',
    page: lazyPage(async () => (await import('../features/settings/settings-page.tsx')).SettingsPage),
  },
];

/** Pages that other pages lead to. */
export const innerPages: readonly RoutedPage[] = [
  {
    path: '/status/register',
    label: 'Register key',
    group: 'Context',
    page: lazyPage(async () => (await import('../features/keys/registration-page.tsx')).RegistrationPage),
  },
  {
    path: '/contexts/new',
    label: 'Add context',
    group: 'This computer',
    page: lazyPage(async () => (await import('../features/contexts/add-context-page.tsx')).AddContextPage),
  },
  {
    path: '/sign-in/browser',
    label: 'Sign in by browser',
    group: 'This computer',
    page: lazyPage(
      async () => (await import('../features/signin/browser-sign-in-page.tsx')).BrowserSignInPage,
    ),
  },
  {
    path: '/sign-in/done',
    label: 'Signed in',
    group: 'This computer',
    page: lazyPage(async () => (await import('../features/signin/signed-in-page.tsx')).SignedInPage),
  },
  {
    path: '/join',
    label: 'Invitation',
    group: 'This computer',
    page: lazyPage(async () => (await import('../features/links/join-page.tsx')).JoinPage),
  },
];

/** The pages that are there for the current context. Without one all are: they say how to add the first. */
export function pagesFor(current: ContextSummary | null): PageEntry[] {
  return pages.filter(
    ({ needs }) => needs === undefined || current === null || current.capabilities.includes(needs),
  );
}

/** The two keys that open a page after one another, as `shortcut` and `useShortcuts` take them. */
export function letterKeys({ letter }: PageEntry): string {
  return `G ${letter}`;
}

/** How a page is opened by the keyboard, in the shortest way. */
export function keysOf(page: PageEntry): string {
  return page.digit ?? letterKeys(page);
}
