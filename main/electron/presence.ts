import { powerMonitor } from 'electron';
import type { Cancel, IdleTime, Listener, SystemSignals } from '../core/ports.ts';

export const systemIdleTime: IdleTime = {
  seconds: () => powerMonitor.getSystemIdleTime(),
};

function subscribe(event: 'suspend' | 'lock-screen', listener: Listener): Cancel {
  // One overload for each event name: `on` takes no union of them.
  const emitter: NodeJS.EventEmitter = powerMonitor;
  emitter.on(event, listener);
  return () => {
    emitter.off(event, listener);
  };
}

/** Sleep everywhere; screen lock on macOS and Windows only, Linux has `PresenceSignals` for it. */
export const powerSignals: SystemSignals = {
  onSuspend: (listener) => subscribe('suspend', listener),
  onScreenLock: (listener) => subscribe('lock-screen', listener),
};
