import './jitless.ts';
import { createWorld, type World } from '../world.ts';
import { scenes } from './scenes.ts';

function factsOf(name: string): Partial<World> {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`there is no scene ${name}`);
  return scene();
}

const first = createWorld(factsOf(new URLSearchParams(location.search).get('scene') ?? ''));
let { world } = first;
Object.assign(window, { keyhold: first.api });

/** Ends when the window takes input on a screen. */
async function ready(screen: string): Promise<void> {
  while (document.documentElement.dataset['ready'] !== screen) await new Promise(requestAnimationFrame);
}

/**
 * Shows another scene in the window that is there: by locking, which takes away all that it showed and knew, and unlocking
 * with the scene's main process behind it. Costs a third of a page that begins anew.
 *
 * @returns false where the scene is not behind the lock
 */
async function reopen(name: string): Promise<boolean> {
  const next = createWorld(factsOf(name));
  if (next.world.vault.state !== 'unlocked' || next.world.failures['vault.status'] !== undefined)
    return false;
  world.vault = { state: 'locked', retryAfterMs: 0 };
  first.emit('vaultChanged');
  await ready('unlock');
  localStorage.clear();
  world = next.world;
  // The window listens where it began to listen.
  Object.assign(window, { keyhold: { ...next.api, on: first.api.on } });
  first.emit('vaultChanged');
  await ready('shell');
  return true;
}

Object.assign(window, { keyholdReopen: reopen });
