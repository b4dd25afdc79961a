import { printableDeep } from '../../contracts/domain/printable.ts';
import { ipcContract, type IpcEvents } from '../../contracts/ipc/index.ts';

/** What an event carries to the window: what the contract says, with all texts in it made visible, as those of answers. */
export function eventPayload(name: keyof IpcEvents, payload: unknown): unknown {
  return printableDeep(ipcContract.events[name].parse(payload));
}
