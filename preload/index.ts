import { contextBridge, ipcRenderer } from 'electron';
import type { KeyholdApi } from '../contracts/ipc/index.ts';
import { appOrigin, callChannel, eventChannel } from '../contracts/ipc/channels.ts';

declare global {
  interface Window {
    readonly keyhold: KeyholdApi;
  }
}

function makeCaller(channel: string): (request?: unknown) => Promise<unknown> {
  return (request) => ipcRenderer.invoke(channel, request);
}

function makeSubscriber(channel: string): (listener: (payload: unknown) => void) => () => void {
  return (listener) => {
    const forward = (_event: unknown, payload: unknown): void => listener(payload);
    ipcRenderer.on(channel, forward);
    return () => {
      ipcRenderer.removeListener(channel, forward);
    };
  };
}

function buildApi(): Record<string, Record<string, unknown>> {
  const api: Record<string, Record<string, unknown>> = {};
  for (const [group, names] of Object.entries(CONTRACT_NAMES.calls)) {
    api[group] = Object.fromEntries(names.map((name) => [name, makeCaller(callChannel(group, name))]));
  }
  api['on'] = Object.fromEntries(
    CONTRACT_NAMES.events.map((name) => [name, makeSubscriber(eventChannel(name))]),
  );
  return api;
}

// SECURITY: a page of any other origin gets no API at all; main checks the sender of each call as well.
if (window.location.protocol === `${appOrigin.scheme}:` && window.location.host === appOrigin.host) {
  contextBridge.exposeInMainWorld('keyhold', buildApi());
}
