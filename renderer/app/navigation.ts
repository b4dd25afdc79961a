import {
  Activity,
  Bot,
  Box,
  Gauge,
  KeyRound,
  Package,
  Settings,
  Ticket,
  UserCheck,
  type LucideIcon,
} from 'lucide-react';

export interface NavigationEntry {
  path: string;
  label: string;
  icon: LucideIcon;
  group: 'Context' | 'Organization' | 'This computer';
}

/** The sidebar's pages in their order, which is also that of their keys: Ctrl+1 and so on. */
export const navigation: readonly NavigationEntry[] = [
  { path: '/status', label: 'Status', icon: Gauge, group: 'Context' },
  { path: '/keys', label: 'Keys', icon: KeyRound, group: 'Context' },
  { path: '/tokens', label: 'Tokens', icon: Ticket, group: 'Context' },
  { path: '/registries', label: 'Registries', icon: Box, group: 'Context' },
  { path: '/repositories', label: 'Repositories', icon: Package, group: 'Organization' },
  { path: '/bots', label: 'Bots', icon: Bot, group: 'Organization' },
  { path: '/activity', label: 'Activity', icon: Activity, group: 'This computer' },
  { path: '/approvals', label: 'Approvals', icon: UserCheck, group: 'This computer' },
  { path: '/settings', label: 'Settings', icon: Settings, group: 'This computer' },
];
