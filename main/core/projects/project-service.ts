import type { BranchSummary, ProjectSummary, ScopedKey } from '../../../contracts/ipc/projects.ts';
import {
  branchesPath,
  branchListSchema,
  branchPath,
  branchSchema,
  projectListSchema,
  projectPath,
  projectSchema,
  projectsPath,
  scopedKeysSchema,
} from '../../../contracts/server-api/index.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';

/** A project of the organization that a context acts in. */
interface ProjectPlace {
  contextId: string;
  projectId: string;
}

interface BranchPlace extends ProjectPlace {
  branchId: string;
}

const gone = { not_found: 'project_gone' } as const;
const projectTaken = { conflict: 'project_name_taken' } as const;
const branchTaken = { conflict: 'branch_name_taken' } as const;
const branchGone = { not_found: 'branch_gone' } as const;

/** The projects of the organization that a context acts in, with their branches. */
export class ProjectService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** By name. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string): Promise<ProjectSummary[]> {
    const projects = await this.#deps.service.askAll(
      contextId,
      { path: projectsPath },
      projectListSchema,
      (page) => page.projects,
    );
    this.#deps.service.seen.note(
      contextId,
      projects.map(({ id, name }) => [id, name]),
    );
    return projects.map((each) => ({
      id: each.id,
      name: each.name,
      defaultBranch: each.default_branch,
      branchCount: each.branch_count,
      createdAt: each.created_at,
      createdBy: each.created_by,
    }));
  }

  /** @throws KeyholdError `project_name_taken`, or as `ServiceCalls.ask`. */
  async create(contextId: string, name: string, defaultBranch: string): Promise<{ id: string }> {
    const body = { name, default_branch: defaultBranch };
    const request = { method: 'POST' as const, path: projectsPath, body, errorCodes: projectTaken };
    const { id } = await this.#deps.service.ask(contextId, request, projectSchema);
    noteDeed(this.#deps, 'project.created', contextId, name);
    return { id };
  }

  /** @throws KeyholdError `project_gone`, `project_name_taken`, or as `ServiceCalls.ask`. */
  async rename({ contextId, projectId }: ProjectPlace, name: string): Promise<void> {
    const errorCodes = { ...gone, ...projectTaken };
    const request = { method: 'PATCH' as const, path: projectPath(projectId), body: { name }, errorCodes };
    await this.#deps.service.ask(contextId, request, projectSchema);
    noteDeed(this.#deps, 'project.renamed', contextId, name);
  }

  /** The API keys that are for it or its branches. @throws KeyholdError `project_gone`, or as `ServiceCalls.ask`. */
  async scopedKeys({ contextId, projectId }: ProjectPlace): Promise<ScopedKey[]> {
    const path = `${projectPath(projectId)}/api-keys`;
    const request = { method: 'GET' as const, path, errorCodes: gone };
    const { api_keys: keys } = await this.#deps.service.ask(contextId, request, scopedKeysSchema);
    return keys.map(({ id, name, creator, only }) => ({ id, name, creator, only }));
  }

  /** Deletes it with its branches. @throws KeyholdError `project_gone`, or as `ServiceCalls.ask`. */
  async remove({ contextId, projectId }: ProjectPlace): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: projectPath(projectId),
      errorCodes: gone,
    });
    noteDeed(this.#deps, 'project.removed', contextId, this.#deps.service.seen.of(contextId, projectId));
  }

  /** By name. @throws KeyholdError `project_gone`, or as `ServiceCalls.ask`. */
  async branches({ contextId, projectId }: ProjectPlace): Promise<BranchSummary[]> {
    const request = { path: branchesPath(projectId), errorCodes: gone };
    const branches = await this.#deps.service.askAll(
      contextId,
      request,
      branchListSchema,
      (page) => page.branches,
    );
    this.#deps.service.seen.note(
      contextId,
      branches.map(({ id, name }) => [id, name]),
    );
    return branches.map((each) => ({
      id: each.id,
      name: each.name,
      isDefault: each.default,
      createdAt: each.created_at,
    }));
  }

  /** @throws KeyholdError `project_gone`, `branch_name_taken`, or as `ServiceCalls.ask`. */
  async createBranch({ contextId, projectId }: ProjectPlace, name: string): Promise<void> {
    const errorCodes = { ...gone, ...branchTaken };
    const request = { method: 'POST' as const, path: branchesPath(projectId), body: { name }, errorCodes };
    await this.#deps.service.ask(contextId, request, branchSchema);
    noteDeed(this.#deps, 'branch.created', contextId, name);
  }

  /** @throws KeyholdError `branch_gone`, `branch_name_taken`, or as `ServiceCalls.ask`. */
  async renameBranch({ contextId, projectId, branchId }: BranchPlace, name: string): Promise<void> {
    const path = branchPath(projectId, branchId);
    const errorCodes = { ...branchGone, ...branchTaken };
    const request = { method: 'PATCH' as const, path, body: { name }, errorCodes };
    await this.#deps.service.ask(contextId, request, branchSchema);
    noteDeed(this.#deps, 'branch.renamed', contextId, name);
  }

  /** @throws KeyholdError `branch_gone`, `branch_is_default`, or as `ServiceCalls.ask`. */
  async removeBranch({ contextId, projectId, branchId }: BranchPlace): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: branchPath(projectId, branchId),
      errorCodes: { ...branchGone, conflict: 'branch_is_default' },
    });
    noteDeed(this.#deps, 'branch.removed', contextId, this.#deps.service.seen.of(contextId, branchId));
  }
}
