import { join } from 'node:path';
import type { IpcEvents, IpcHandlers } from '../../contracts/ipc/index.ts';
import { ThreadKeyFileKdf } from '../adapters/key-file-kdf.ts';
import { loopbackListeners } from '../adapters/loopback-listeners.ts';
import { diskSmallFiles } from '../adapters/small-files.ts';
import type { StoredContext } from '../core/contexts/context-service.ts';
import { KeyImport } from '../core/credentials/keys/import/key-import.ts';
import { RotationService } from '../core/credentials/keys/rotation/rotation-service.ts';
import { Reminders } from '../core/credentials/reminders.ts';
import type { Notifier } from '../core/ports.ts';
import { setUpAsked } from '../core/registries/asked-set-ups.ts';
import { BrowserSignIn } from '../core/signin/loopback/browser-sign-in.ts';
import { PasswordSignIn } from '../core/signin/password/password-sign-in.ts';
import { Registration } from '../core/signin/registration.ts';
import { SignOut } from '../core/signin/sign-out.ts';
import { TokenSignIn } from '../core/signin/token/token-sign-in.ts';
import { browserSignInHandlers } from '../ipc/browser-sign-in.ts';
import { passwordSignInHandlers } from '../ipc/password-sign-in.ts';
import { keysHandlers } from '../ipc/keys.ts';
import { signOutHandlers } from '../ipc/sign-out.ts';
import { signinHandlers } from '../ipc/signin.ts';
import { tokenSignInHandlers } from '../ipc/token-sign-in.ts';
import { unrevokedHandlers } from '../ipc/unrevoked.ts';
import type { Base } from './base.ts';

interface SignInPlatform {
  outFolder: string;
  notifier: Notifier;
  /** What this computer calls itself. */
  computerName: string;
  openExternalLink: (link: string, contextOrigin: string) => Promise<boolean>;
  openWindow: () => void;
  emit: (name: keyof IpcEvents, payload?: unknown) => void;
}

interface SignIn {
  registration: Registration;
  rotations: RotationService;
  browserSignIn: BrowserSignIn;
  /** Goes on with what waits for the unlocked vault. */
  resume: () => void;
  handlers: Pick<
    IpcHandlers,
    'keys' | 'signin' | 'signOut' | 'browserSignIn' | 'passwordSignIn' | 'tokenSignIn' | 'unrevoked'
  >;
}

/** Builds what gets, changes and ends the credentials of contexts, and what the window may ask of it. */
export function buildSignIn(platform: SignInPlatform, base: Base): SignIn {
  const { outFolder, notifier, emit } = platform;
  const { vault, contexts, registries, clipboard, logger } = base;
  const reminders = new Reminders({ ...base, notifier });
  const onSignedIn = (context: StoredContext): ReturnType<typeof setUpAsked> => {
    // What signs in now may end before it is looked the next time.
    reminders.check();
    return setUpAsked({ registries, logger }, context);
  };
  const registration = new Registration({ ...base, onRegistered: onSignedIn });
  const browserSignIn = new BrowserSignIn({
    ...base,
    listeners: loopbackListeners,
    computerName: platform.computerName,
    openBrowser: platform.openExternalLink,
    raise: platform.openWindow,
    onSignedIn,
  });
  const passwordSignIn = new PasswordSignIn({ ...base, onSignedIn });
  const tokenSignIn = new TokenSignIn({ ...base, onSignedIn });
  browserSignIn.onChange((state) => {
    if (vault.isUnlocked) emit('browserSignInChanged', state);
  });
  const signOut = new SignOut({ ...base, registration, browserSignIn });
  const rotations = new RotationService({ ...base, registration });
  const keyImport = new KeyImport({
    ...base,
    rotations,
    files: diskSmallFiles,
    keyFileKdf: new ThreadKeyFileKdf(join(outFolder, 'main', 'key-file-kdf-worker.cjs')),
  });
  registration.onWait((state) => {
    emit('waitChanged', state);
    if (state.phase === 'registered') rotations.registered(state.contextId);
  });
  signOut.onProgress((progress) => emit('signOutProgress', progress));
  return {
    registration,
    rotations,
    browserSignIn,
    resume: () => {
      if (!vault.isUnlocked) return;
      registration.resumePending();
      rotations.resumePasted();
      reminders.check();
    },
    handlers: {
      keys: keysHandlers({
        ...base,
        keyImport,
        rotations,
        clipboard: base.plainClipboard,
        changed: () => emit('keysChanged'),
      }),
      signin: signinHandlers({ registration, clipboard }),
      browserSignIn: browserSignInHandlers({ browserSignIn, clipboard: base.plainClipboard }),
      passwordSignIn: passwordSignInHandlers({ ...base, passwordSignIn }),
      tokenSignIn: tokenSignInHandlers({ tokenSignIn }),
      signOut: signOutHandlers({ contexts, signOut }),
      unrevoked: unrevokedHandlers(base.credentials),
    },
  };
}
