import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import { callChannel, eventChannel } from '../../contracts/ipc/channels.ts';
import type { CallSpec } from '../../contracts/ipc/define.ts';
import { ipcContract, type IpcEvents, type IpcHandlers } from '../../contracts/ipc/index.ts';
import { answerCall } from '../ipc/answer-call.ts';
import { eventPayload } from '../ipc/event-payload.ts';
import type { Logger } from '../core/ports.ts';
import type { Vault } from '../core/vault/vault.ts';
import { isAppUrl } from './navigation-policy.ts';

/**
 * Whether a call comes from the main frame of our window on our own origin. Read before anything is awaited:
 * the frame may be gone afterwards. A missing frame is refused.
 */
function isTrustedSender(event: IpcMainInvokeEvent, window: BrowserWindow | null): boolean {
  const frame = event.senderFrame;
  if (frame === null || window === null || window.isDestroyed()) return false;
  return event.sender === window.webContents && frame === window.webContents.mainFrame && isAppUrl(frame.url);
}

/** The windows that may call, and no other: the approval window its own calls, the app's window all else. */
export interface Windows {
  main: () => BrowserWindow | null;
  prompt: () => BrowserWindow | null;
}

interface Served {
  handlers: IpcHandlers;
  vault: Pick<Vault, 'isUnlocked'>;
  logger: Logger;
}

/** Registers every call of the contract. There is no other way to register one. */
export function serveIpc({ handlers, vault, logger }: Served, windows: Windows): void {
  for (const [group, calls] of Object.entries(ipcContract.calls)) {
    const groupHandlers = handlers[group as keyof IpcHandlers] as Record<string, unknown>;
    for (const [name, spec] of Object.entries(calls as Record<string, CallSpec>)) {
      const handler = groupHandlers[name] as (request?: unknown) => unknown;
      ipcMain.handle(callChannel(group, name), (event, ...args: unknown[]) => {
        if (!isTrustedSender(event, group === 'prompt' ? windows.prompt() : windows.main())) {
          logger.warn('ipc.forbidden_sender', { call: `${group}.${name}` });
          return { ok: false, error: { code: 'forbidden_sender' } };
        }
        return answerCall({ name: `${group}.${name}`, spec, handler, args, vault, logger });
      });
    }
  }
}

/** Sends an event of the contract to the window, if there is one. */
export function sendEvent(window: BrowserWindow | null, name: keyof IpcEvents, payload: unknown): void {
  if (window === null || window.isDestroyed()) return;
  window.webContents.send(eventChannel(name), eventPayload(name, payload));
}
