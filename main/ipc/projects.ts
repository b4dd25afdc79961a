import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ProjectService } from '../core/projects/project-service.ts';

interface Deps {
  projects: ProjectService;
}

export function projectsHandlers({ projects }: Deps): IpcHandlers['projects'] {
  return {
    list: ({ contextId }) => projects.list(contextId),
    create: ({ contextId, name, defaultBranch }) => projects.create(contextId, name, defaultBranch),
    rename: ({ name, ...place }) => projects.rename(place, name),
    scopedKeys: (place) => projects.scopedKeys(place),
    remove: (place) => projects.remove(place),
    branches: (place) => projects.branches(place),
    createBranch: ({ name, ...place }) => projects.createBranch(place, name),
    renameBranch: ({ name, ...place }) => projects.renameBranch(place, name),
    removeBranch: (place) => projects.removeBranch(place),
  };
}
