import { KeyholdError } from '../../../contracts/errors.ts';
import type { OwnUser, UserSummary } from '../../../contracts/ipc/users.ts';
import { mePath, type ServerRole } from '../../../contracts/server-api/artifact-keeper/session.ts';
import { usersPath } from '../../../contracts/server-api/artifact-keeper/users.ts';
import type { ToldSecrets } from '../secrets/told-secrets.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { meAnswer } from '../service/dialects/artifact-keeper.ts';
import {
  createdUserAnswer,
  nameOf,
  roleOf,
  temporaryPasswordAnswer,
  userAnswer,
  userPageAnswer,
  type UserAnswer,
} from '../service/dialects/artifact-keeper-people.ts';

interface UserServiceDeps extends DeedDeps {
  told: ToldSecrets;
}

interface NewUser {
  username: string;
  email: string;
  /** Null for one who is called by the user name. */
  name: string | null;
  role: ServerRole;
}

/** What becomes of a user; what is left out stays. */
interface UserChange {
  email?: string | undefined;
  name?: string | undefined;
  role?: ServerRole | undefined;
  active?: boolean | undefined;
}

/** A user of a context's service. */
interface UserPlace {
  contextId: string;
  userId: string;
}

const gone = { NOT_FOUND: 'user_gone' } as const;
const goneOrElsewhere = { ...gone, CONFLICT: 'password_elsewhere' } as const;

/** The users of a context's service, for its administrators. */
export class UserService {
  readonly #deps: UserServiceDeps;

  constructor(deps: UserServiceDeps) {
    this.#deps = deps;
  }

  /** Who the context is. @throws KeyholdError as `ServiceCalls.ask`. */
  async me(contextId: string): Promise<OwnUser> {
    const { user, role } = await this.#deps.service.ask(contextId, { method: 'GET', path: mePath }, meAnswer);
    return { userId: user.id, username: user.username, role };
  }

  /** By user name, and how many there are; those who have `search` in a name or their address. @throws KeyholdError as `ServiceCalls.ask`. */
  async list(contextId: string, search?: string): Promise<{ users: UserSummary[]; total: number }> {
    const { service } = this.#deps;
    const { entries, total } = await service.askPages(contextId, { path: usersPath, search }, userPageAnswer);
    service.seen.note(
      contextId,
      entries.map(({ id, username }) => [id, username]),
    );
    return { users: entries.map(toSummary), total };
  }

  /**
   * Makes a user, whom the service gives a first password, and holds that.
   *
   * @throws KeyholdError `username_taken`, `email_taken`, `vault_locked` when it is locked meanwhile; or as
   *   `ServiceCalls.ask`.
   */
  async create(
    contextId: string,
    { username, email, name, role }: NewUser,
  ): Promise<{ user: UserSummary; held: { heldId: string } | null }> {
    const body = { username, email, ...(name !== null && { display_name: name }), ...rightsOf(role) };
    const request = { method: 'POST' as const, path: usersPath, body };
    const made = await this.#deps.service
      .ask(contextId, request, createdUserAnswer)
      .catch((error: unknown) => {
        throw takenField(error);
      });
    this.#deps.service.seen.note(contextId, [[made.user.id, username]]);
    noteDeed(this.#deps, 'user.created', contextId, `${username}, ${role}`);
    const { generated_password: password } = made;
    const held = password == null ? null : this.#hold(contextId, username, password);
    return { user: toSummary(made.user), held };
  }

  /** @throws KeyholdError `user_gone`, `email_taken`, or as `ServiceCalls.ask`. */
  async change({ contextId, userId }: UserPlace, change: UserChange): Promise<void> {
    const { email, name, role, active } = change;
    const body = {
      ...(email !== undefined && { email }),
      ...(name !== undefined && { display_name: name }),
      ...(role !== undefined && rightsOf(role)),
      ...(active !== undefined && { is_active: active }),
    };
    const request = { method: 'PATCH' as const, path: pathOf(userId), body, errorCodes: gone };
    const { username } = await this.#deps.service
      .ask(contextId, request, userAnswer)
      .catch((error: unknown) => {
        throw takenField(error);
      });
    if (active !== undefined)
      noteDeed(this.#deps, active ? 'user.enabled' : 'user.disabled', contextId, username);
    const changed = [name, email, role].filter((value) => value !== undefined);
    if (changed.length > 0) {
      noteDeed(this.#deps, 'user.changed', contextId, `${username}: ${changed.join(', ')}`);
    }
  }

  /**
   * Has the service give a user another password, and holds that.
   *
   * @throws KeyholdError `user_gone`; `password_elsewhere` for one who has none there; `vault_locked` when it is locked
   *   meanwhile; or as `ServiceCalls.ask`.
   */
  async resetPassword({ contextId, userId }: UserPlace): Promise<{ heldId: string }> {
    const request = {
      method: 'POST' as const,
      path: `${pathOf(userId)}/password/reset`,
      errorCodes: goneOrElsewhere,
    };
    const { temporary_password: password } = await this.#deps.service.ask(
      contextId,
      request,
      temporaryPasswordAnswer,
    );
    const who = this.#deps.service.seen.of(contextId, userId);
    noteDeed(this.#deps, 'user.password_reset', contextId, who);
    return this.#hold(contextId, who, password);
  }

  /** @throws KeyholdError `user_gone`, `password_elsewhere`, or as `ServiceCalls.ask`. */
  async forcePasswordChange({ contextId, userId }: UserPlace): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'POST',
      path: `${pathOf(userId)}/force-password-change`,
      errorCodes: goneOrElsewhere,
    });
    const who = this.#deps.service.seen.of(contextId, userId);
    noteDeed(this.#deps, 'user.password_change_forced', contextId, who);
  }

  #hold(contextId: string, detail: string, secret: string): { heldId: string } {
    const kinds = { copied: 'user.password_copied', revealed: 'user.password_revealed' } as const;
    return { heldId: this.#deps.told.hold({ contextId, secret, detail, kinds }) };
  }
}

function pathOf(userId: string): string {
  return `${usersPath}/${encodeURIComponent(userId)}`;
}

/** A role in both of its forms: services that know no roles read the second. */
function rightsOf(role: ServerRole): { role: ServerRole; is_admin: boolean } {
  return { role, is_admin: role === 'admin' };
}

/** A refusal whose words begin with the field that is taken is about that field. */
function takenField(error: unknown): unknown {
  if (!(error instanceof KeyholdError) || error.code !== 'service_refused') return error;
  const said = error.details?.said ?? '';
  if (said.startsWith('username:')) return new KeyholdError('username_taken');
  return said.startsWith('email:') ? new KeyholdError('email_taken') : error;
}

function toSummary(user: UserAnswer): UserSummary {
  return {
    id: user.id,
    username: user.username,
    name: nameOf(user),
    email: user.email,
    role: roleOf(user),
    status: user.status ?? (user.is_active === false ? 'disabled' : 'active'),
    mustChangePassword: user.must_change_password ?? false,
    createdAt: user.created_at ?? null,
    lastSignInAt: user.last_login_at ?? null,
  };
}
