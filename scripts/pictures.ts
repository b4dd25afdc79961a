/**
 * A picture of every screen, light and dark, wide and small, into out/pictures/, by the tests of the screens. Names
 * given take those screens only. Usage: npm run pictures [-- NAME...]
 */
import './end-with-starter.mjs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { endingProgram, runToEnd } from './run-to-end.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'out', 'pictures');

rmSync(folder, { recursive: true, force: true });
await buildAll();
const names = process.argv.slice(2);
const only = names.length === 0 ? [] : ['--grep', names.map((name) => `${name}: `).join('|')];
const config = ['--config', join(root, 'test', 'playwright.config.ts'), '--project=screens'];
const words = endingProgram('playwright', ['test', ...config, ...only]);
process.exitCode = await runToEnd(process.execPath, words, { KEYHOLD_PICTURES: folder });
