import { dirname } from 'node:path';
import { helperSwitch } from './core/window/start-switches.ts';
import { isStartAllowed, runApp, runCommand } from './electron/run-app.ts';

// Whatever this process writes belongs to the user alone.
process.umask(0o077);

function start(): void {
  const helper = process.argv.indexOf(helperSwitch);
  if (helper === -1) {
    runApp(dirname(__dirname));
    return;
  }
  runCommand(async (version, homeFolder) => {
    const { runHelperMode } = await import('./agent/helper-mode.ts');
    const { agentSocketPath } = await import('./agent/socket-path.ts');
    return runHelperMode({
      args: process.argv.slice(helper + 1),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      socketPath: agentSocketPath(process.env, process.platform, homeFolder),
      version,
    });
  });
}

if (isStartAllowed()) start();
