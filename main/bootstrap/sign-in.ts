import { join } from 'node:path';
import type { IpcEvents, IpcHandlers } from '../../contracts/ipc/index.ts';
import { ThreadKeyFileKdf } from '../adapters/key-file-kdf.ts';
import { diskSmallFiles } from '../adapters/small-files.ts';
import { KeyImport } from '../core/credentials/keys/import/key-import.ts';
import { RotationService } from '../core/credentials/keys/rotation/rotation-service.ts';
import { Reminders } from '../core/credentials/reminders.ts';
import type { Notifier } from '../core/ports.ts';
import { setUpAsked } from '../core/registries/asked-set-ups.ts';
import { Registration } from '../core/signin/registration.ts';
import { SignOut } from '../core/signin/sign-out.ts';
import { keysHandlers } from '../ipc/keys.ts';
import { signOutHandlers } from '../ipc/sign-out.ts';
import { signinHandlers } from '../ipc/signin.ts';
import type { Base } from './base.ts';

interface SignInPlatform {
  outFolder: string;
  notifier: Notifier;
  emit: (name: keyof IpcEvents, payload?: unknown) => void;
}

interface SignIn {
  registration: Registration;
  rotations: RotationService;
  /** Goes on with what waits for the unlocked vault. */
  resume: () => void;
  handlers: Pick<IpcHandlers, 'keys' | 'signin' | 'signOut'>;
}

/** Builds what gets, changes and ends the credentials of contexts, and what the window may ask of it. */
export function buildSignIn({ outFolder, notifier, emit }: SignInPlatform, base: Base): SignIn {
  const { vault, contexts, registries, clipboard, logger } = base;
  const registration = new Registration({
    ...base,
    onRegistered: (context) => setUpAsked({ registries, logger }, context),
  });
  const signOut = new SignOut({ ...base, registration });
  const rotations = new RotationService({ ...base, registration });
  const keyImport = new KeyImport({
    ...base,
    rotations,
    files: diskSmallFiles,
    keyFileKdf: new ThreadKeyFileKdf(join(outFolder, 'main', 'key-file-kdf-worker.cjs')),
  });
  const reminders = new Reminders({ ...base, notifier });
  registration.onWait((state) => {
    emit('waitChanged', state);
    if (state.phase === 'registered') rotations.registered(state.contextId);
  });
  signOut.onProgress((progress) => emit('signOutProgress', progress));
  return {
    registration,
    rotations,
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
      signOut: signOutHandlers({ contexts, signOut }),
    },
  };
}
