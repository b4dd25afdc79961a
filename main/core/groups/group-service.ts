import type { GroupMemberSummary, GroupSummary } from '../../../contracts/ipc/groups.ts';
import { groupsPath } from '../../../contracts/server-api/artifact-keeper/groups.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  groupAnswer,
  groupMembersAnswer,
  groupPageAnswer,
  nameOf,
  type GroupAnswer,
} from '../service/dialects/artifact-keeper-people.ts';

/** What people call a group, and say of it. */
interface GroupWords {
  name: string;
  description: string;
}

interface NewGroup extends GroupWords {
  /** Slug; null for the one that the service takes by itself. */
  organization: string | null;
}

/** A group of a context's service. */
interface GroupPlace {
  contextId: string;
  groupId: string;
}

const gone = { NOT_FOUND: 'group_gone' } as const;
const nameTaken = { CONFLICT: 'group_name_taken' } as const;
const goneOrElsewhere = { ...gone, CONFLICT: 'group_elsewhere' } as const;

/** How many people a service takes in one request. */
const peopleAtOnce = 500;

/** The groups of a context's service; its administrators make them and say who is in them. */
export class GroupService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** By organization and name, and how many there are; those that have `search` in their name. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string, search?: string): Promise<{ groups: GroupSummary[]; total: number }> {
    const { service } = this.#deps;
    const { entries, total } = await service.askPages(
      contextId,
      { path: groupsPath, search },
      groupPageAnswer,
    );
    service.seen.note(
      contextId,
      entries.map(({ id, name }) => [id, name]),
    );
    return { groups: entries.map(toSummary), total };
  }

  /** By user name, and how many there are. @throws KeyholdError `group_gone`, or as `ServiceCalls.ask`. */
  async members({
    contextId,
    groupId,
  }: GroupPlace): Promise<{ members: GroupMemberSummary[]; total: number }> {
    const request = { path: pathOf(groupId), errorCodes: gone };
    const { entries, total } = await this.#deps.service.askPages(contextId, request, groupMembersAnswer);
    const members = entries.map((member) => ({
      userId: member.user_id,
      username: member.username,
      name: nameOf(member),
      joinedAt: member.joined_at ?? null,
    }));
    return { members, total };
  }

  /** Makes a group without members. @throws KeyholdError `group_name_taken`, or as `ServiceCalls.ask`. */
  async create(contextId: string, { name, description, organization }: NewGroup): Promise<GroupSummary> {
    const body = { name, description, ...(organization !== null && { organization }) };
    const request = {
      method: 'POST' as const,
      path: groupsPath,
      body,
      errorCodes: nameTaken,
    };
    const group = await this.#deps.service.ask(contextId, request, groupAnswer);
    this.#deps.service.seen.note(contextId, [[group.id, name]]);
    noteDeed(this.#deps, 'group.created', contextId, name);
    return toSummary(group);
  }

  /**
   * Gives a group another name and description.
   *
   * @throws KeyholdError `group_gone`, `group_name_taken`, or as `ServiceCalls.ask`: groups of a directory, which have
   *   their names from there, are not to be asked for.
   */
  async change({ contextId, groupId }: GroupPlace, { name, description }: GroupWords): Promise<void> {
    const { service } = this.#deps;
    const request = {
      // Their own server knows no PATCH of groups.
      method: 'PUT' as const,
      path: pathOf(groupId),
      body: { name, description },
      errorCodes: { ...gone, ...nameTaken },
    };
    await service.ask(contextId, request, groupAnswer);
    noteDeed(this.#deps, 'group.changed', contextId, `${service.seen.of(contextId, groupId)}: ${name}`);
    service.seen.note(contextId, [[groupId, name]]);
  }

  /**
   * Deletes a group, with the permissions that it was given.
   *
   * @throws KeyholdError `group_gone`, `group_elsewhere` for one of a directory, or as `ServiceCalls.ask`.
   */
  async remove({ contextId, groupId }: GroupPlace): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'DELETE',
      path: pathOf(groupId),
      errorCodes: goneOrElsewhere,
    });
    noteDeed(this.#deps, 'group.removed', contextId, this.#deps.service.seen.of(contextId, groupId));
  }

  /** Adds users; who is in it stays. @throws KeyholdError as `remove`. */
  addMembers(place: GroupPlace, userIds: readonly string[]): Promise<void> {
    return this.#changeMembers('POST', place, userIds);
  }

  /** Takes users out. @throws KeyholdError as `remove`. */
  removeMembers(place: GroupPlace, userIds: readonly string[]): Promise<void> {
    return this.#changeMembers('DELETE', place, userIds);
  }

  async #changeMembers(
    method: 'POST' | 'DELETE',
    { contextId, groupId }: GroupPlace,
    userIds: readonly string[],
  ): Promise<void> {
    const { service } = this.#deps;
    const kind = method === 'POST' ? 'group.members_added' : 'group.members_removed';
    for (let from = 0; from < userIds.length; from += peopleAtOnce) {
      const some = userIds.slice(from, from + peopleAtOnce);
      const body = { user_ids: some };
      await service.tell(contextId, {
        method,
        path: `${pathOf(groupId)}/members`,
        body,
        errorCodes: goneOrElsewhere,
      });
      noteDeed(
        this.#deps,
        kind,
        contextId,
        `${service.seen.of(contextId, groupId)}: ${this.#whoOf(contextId, some)}`,
      );
    }
  }

  /** One by name, more by their number. */
  #whoOf(contextId: string, [first = '', ...others]: readonly string[]): string {
    return others.length === 0 ? this.#deps.service.seen.of(contextId, first) : String(others.length + 1);
  }
}

function pathOf(groupId: string): string {
  return `${groupsPath}/${encodeURIComponent(groupId)}`;
}

function toSummary(group: GroupAnswer): GroupSummary {
  return {
    id: group.id,
    name: group.name,
    description: group.description ?? '',
    organization: group.organization ?? null,
    source: group.source ?? null,
    memberCount: group.member_count,
    createdAt: group.created_at,
  };
}
