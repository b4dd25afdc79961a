import { KeyRound, LogIn, LogOut, Pencil, Plus, Trash2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const contextActivity = {
  'context.added': display('Context added', Plus),
  'context.edited': display('Context edited', Pencil),
  'context.signed_out': display('Signed out', LogOut),
  'context.removed': display('Context removed', Trash2),
  'api_key.saved': display('API key saved', KeyRound),
  'session.started': display('Session started', LogIn),
  'pasted.kept': display('Token kept', LogIn),
} satisfies Partial<ActivityDisplays>;
