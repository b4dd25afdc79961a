import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { Clipboard } from '../core/ports.ts';
import type { BrowserSignIn } from '../core/signin/loopback/browser-sign-in.ts';

interface Deps {
  browserSignIn: BrowserSignIn;
  /** For the address: it is to be taken elsewhere, and is of no use without what stays here. */
  clipboard: Clipboard;
}

export function browserSignInHandlers({ browserSignIn, clipboard }: Deps): IpcHandlers['browserSignIn'] {
  return {
    current: () => browserSignIn.state,
    start: (request) => browserSignIn.start(request),
    again: ({ elsewhere }) => browserSignIn.again(elsewhere),
    open: () => browserSignIn.open(),
    copyAddress: () => clipboard.write(browserSignIn.address()),
    paste: ({ code }) => browserSignIn.paste(code),
    end: () => browserSignIn.end(),
  };
}
