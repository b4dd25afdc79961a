import { KeyholdError } from '../../../../contracts/errors.ts';
import { isLoopbackHost } from '../../../../contracts/domain/origin.ts';
import type { PastedClaims } from '../../../../contracts/ipc/token-sign-in.ts';
import type { WaitState } from '../../../../contracts/ipc/signin.ts';
import type { StoredContext } from '../../contexts/context-service.ts';
import type { PastedForm } from '../../../../contracts/domain/pasted-token.ts';
import { discoverService } from '../../service/discovery.ts';
import { SignInTargets, type Target, type TargetDeps } from '../targets.ts';
import { checkToken, soundToken } from './check-token.ts';
import { claimsOf, readJwt } from './pasted-jwt.ts';

interface TokenSignInDeps extends TargetDeps {
  /** Sets up what the person asked for with the context. */
  onSignedIn: (context: StoredContext) => Promise<WaitState['setUps']>;
}

interface TokenSignInRequest {
  target: Target;
  form: PastedForm;
  token: string;
}

interface TokenSignInAnswer {
  contextId: string;
  who: string;
  setUps: WaitState['setUps'];
}

const methods: Readonly<Record<PastedForm, string>> = { jwt: 'token', 'dev-token': 'dev-token' };

/**
 * Signs contexts in by what somebody pasted. A token is in memory for the one call that brings it; what the service takes
 * is kept in the vault, and of all else nothing.
 */
export class TokenSignIn {
  readonly #deps: TokenSignInDeps;
  readonly #targets: SignInTargets;

  constructor(deps: TokenSignInDeps) {
    this.#deps = deps;
    this.#targets = new SignInTargets(deps);
  }

  /** What stands in a JWT; null for what is none. Asks nobody. */
  read(pasted: string): PastedClaims | null {
    const read = readJwt(pasted);
    return read === null ? null : claimsOf(read.token);
  }

  /**
   * Signs in.
   *
   * @throws KeyholdError as `SignInTargets.goal` and `keep`, `soundToken`, `discoverService` and `checkToken`;
   *   `dev_token_elsewhere`, `sign_in_not_offered`.
   */
  async signIn({ target, form, token }: TokenSignInRequest): Promise<TokenSignInAnswer> {
    const { contexts, clock, vault, onSignedIn } = this.#deps;
    const { name, org, origin } = this.#targets.goal(target);
    const sound = soundToken(form, token, clock.now().getTime());
    if (form === 'dev-token' && !isLoopbackHost(new URL(origin).hostname))
      throw new KeyholdError('dev_token_elsewhere');
    const found = await discoverService(this.#deps, origin);
    if (!found.service.methods.includes(methods[form])) throw new KeyholdError('sign_in_not_offered');
    vault.requireUnlocked();
    const { who, ...signedIn } = await checkToken(this.#deps, origin, sound, org);
    const context = await this.#targets.keep({ target, name, found }, signedIn);
    await contexts.status(context.id);
    return { contextId: context.id, who, setUps: await onSignedIn(context) };
  }
}
