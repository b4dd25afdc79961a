/**
 * Keyhold's main job from end to end, on real parts, without a display and in temporary folders only: a vault,
 * a key, its registration in a real browser, Podman's set-up, a push and a pull of a real image, and a user
 * without rights who is refused; a team; a keeper's keys and rules. Pictures land in out/demo/. Usage: npm run demo
 */
import './end-with-starter.mjs';
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { runToEnd } from './run-to-end.ts';
import { hasDisplay, withDisplay } from './setup/runtime.mjs';

if (hasDisplay()) {
  await buildAll();
  const { runDemo } = await import('./demo/run-demo.ts');
  process.exitCode = await runDemo();
} else {
  const { command, args } = withDisplay(process.execPath, [join(import.meta.dirname, 'demo.ts')]);
  process.exitCode = await runToEnd(command, args);
}
