import { FolderGit2, FolderX, GitBranch, Pencil, Trash2 } from 'lucide-react';
import { display, type ActivityDisplays } from '../../lib/activity-display.ts';

export const projectActivity = {
  'project.created': display('Project made', FolderGit2),
  'project.renamed': display('Project renamed', Pencil),
  'project.removed': display('Project deleted', FolderX),
  'branch.created': display('Branch made', GitBranch),
  'branch.renamed': display('Branch renamed', Pencil),
  'branch.removed': display('Branch deleted', Trash2),
} satisfies Partial<ActivityDisplays>;
