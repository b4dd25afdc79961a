import { KeyholdError, type ErrorCode } from '../../../../contracts/errors.ts';
import type {
  PasswordSignInAnswer,
  PasswordSignInRequest,
} from '../../../../contracts/ipc/password-sign-in.ts';
import type { WaitState } from '../../../../contracts/ipc/signin.ts';
import type { StoredContext } from '../../contexts/context-service.ts';
import type { SignedIn } from '../../contexts/context-additions.ts';
import { bearer } from '../../service/authorization.ts';
import { failureOf } from '../../service/client.ts';
import type { TokenPair } from '../../service/dialects/artifact-keeper-sign-in.ts';
import type { Me } from '../../service/dialects/artifact-keeper.ts';
import { discoverService, type Discovery } from '../../service/discovery.ts';
import { askMe } from '../../service/whoami.ts';
import { SignInTargets, type Goal, type TargetDeps } from '../targets.ts';
import { choosePassword, logIn, type NameAndPassword } from './password-requests.ts';

interface PasswordSignInDeps extends TargetDeps {
  /** Sets up what the person asked for with the context. */
  onSignedIn: (context: StoredContext) => Promise<WaitState['setUps']>;
}

/**
 * Signs contexts in with a user name and password. Passwords are in memory for the one call that brings them; what the
 * service gives for them goes into the vault before anything else is done with it.
 */
export class PasswordSignIn {
  readonly #deps: PasswordSignInDeps;
  readonly #targets: SignInTargets;

  constructor(deps: PasswordSignInDeps) {
    this.#deps = deps;
    this.#targets = new SignInTargets(deps);
  }

  /**
   * Signs in. Where the service wants another password first, it says so, or takes the one that is chosen.
   *
   * @throws KeyholdError as `SignInTargets.goal` and `keep`, `discoverService`, `logIn` and `choosePassword`;
   *   `sign_in_not_offered`; `password_changed` where the new password is set and the sign-in by it failed,
   *   `password_maybe_changed` where nobody can tell whether it is.
   */
  async signIn(request: PasswordSignInRequest): Promise<PasswordSignInAnswer> {
    const { target, username, password, newPassword } = request;
    const goal = this.#targets.goal(target);
    const found = await discoverService(this.#deps, goal.origin);
    if (!found.service.methods.includes('password')) throw new KeyholdError('sign_in_not_offered');
    this.#deps.vault.requireUnlocked();
    const login = await logIn(this.#deps, goal.origin, { username, password });
    if (login.kind === 'tokens') return await this.#finish(request, goal, found, login.pair);
    if (newPassword === null) {
      await this.#targets.giveBack(found, goal.name, sessionOf(login.pair, username));
      return { kind: 'new_password' };
    }
    const pair = await this.#withNewPassword(request, goal, found, login.pair);
    return await this.#finish(request, goal, found, pair);
  }

  async #withNewPassword(
    { username, password, newPassword }: PasswordSignInRequest,
    { origin, name }: Goal,
    found: Discovery,
    pair: TokenPair,
  ): Promise<TokenPair> {
    const chosen = newPassword ?? '';
    const byNew = { username, password: chosen };
    const lost = await this.#targets.orGiveBack(found, name, sessionOf(pair, username), async () => {
      const { id: userId } = await this.#userOf(origin, pair);
      try {
        await choosePassword(this.#deps, origin, pair.access, { userId, current: password, chosen });
        return null;
      } catch (error) {
        if (codeOf(error) !== 'server_unreachable') throw error;
        return await this.#pairIfSet(origin, byNew, error);
      }
    });
    if (lost !== null) return lost;
    try {
      return (await logIn(this.#deps, origin, byNew)).pair;
    } catch (error) {
      this.#deps.logger.warn('password_sign_in.changed_only', { code: codeOf(error) });
      throw new KeyholdError('password_changed');
    }
  }

  /**
   * Signs in with the new password, where the answer to the change was lost: only that tells whether it is set.
   *
   * @param error - What came of the change, thrown where the new password is wrong.
   * @throws KeyholdError `password_maybe_changed` where nobody can tell.
   */
  async #pairIfSet(origin: string, byNew: NameAndPassword, error: unknown): Promise<TokenPair> {
    try {
      return (await logIn(this.#deps, origin, byNew)).pair;
    } catch (refused) {
      if (codeOf(refused) === 'password_wrong') throw error;
      this.#deps.logger.warn('password_sign_in.maybe_changed', { code: codeOf(refused) });
      throw new KeyholdError('password_maybe_changed');
    }
  }

  async #finish(
    { target, username }: PasswordSignInRequest,
    { name, org, origin }: Goal,
    found: Discovery,
    pair: TokenPair,
  ): Promise<PasswordSignInAnswer> {
    const user = await this.#targets.orGiveBack(found, name, sessionOf(pair, username), () =>
      this.#userOf(origin, pair),
    );
    // By an access token one acts in all of one's organizations: the context stays in its own.
    const signedIn: SignedIn = { userId: user.id, org, by: sessionOf(pair, user.username) };
    const context = await this.#targets.keep({ target, name, found }, signedIn);
    const { contexts, onSignedIn } = this.#deps;
    const { context: summary } = await contexts.status(context.id);
    return {
      kind: 'signed_in',
      contextId: context.id,
      who: user.display_name,
      confirmed: summary.signIn.state === 'signed_in',
      setUps: await onSignedIn(context),
    };
  }

  /** Whose tokens they are. @throws KeyholdError where the service does not say. */
  async #userOf(origin: string, { access }: TokenPair): Promise<Me['user']> {
    const me = await askMe(this.#deps, origin, bearer(access));
    if (me.kind !== 'answered') throw failureOf(me, {});
    return me.value.user;
  }
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof KeyholdError ? error.code : 'internal';
}

function sessionOf({ token, access, expiresIn, sessionExpiresIn }: TokenPair, username: string) {
  const given = { token, access, expiresIn, sessionExpiresIn };
  return { kind: 'session', form: 'refresh-token', username, ...given } as const;
}
