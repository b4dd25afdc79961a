import './jitless.ts';
import { createWorld } from '../world.ts';
import { scenes } from './scenes.ts';

declare global {
  interface Window {
    /** Set before this script by whoever opens the page. */
    readonly keyholdScene: string;
  }
}

const scene = scenes[window.keyholdScene];
if (scene === undefined) throw new Error(`there is no scene ${window.keyholdScene}`);
const { api, emit, world } = createWorld(scene());
Object.assign(window, { keyhold: api, keyholdWorld: { emit, world } });
