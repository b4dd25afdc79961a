import './jitless.ts';
import { createWorld } from '../world.ts';
import { scenes } from './scenes.ts';

const name = new URLSearchParams(location.search).get('scene') ?? '';
const scene = scenes[name];
if (scene === undefined) throw new Error(`there is no scene ${name}`);
const { api, emit, world } = createWorld(scene());
Object.assign(window, { keyhold: api, keyholdWorld: { emit, world } });
