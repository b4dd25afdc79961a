import { dirname } from 'node:path';
import { runApp, runCommand } from './electron/run-app.ts';

// Whatever this process writes belongs to the user alone.
process.umask(0o077);

const helperSwitch = process.argv.indexOf('--credential-helper');

if (helperSwitch === -1) {
  runApp(dirname(__dirname));
} else {
  runCommand(async (version, homeFolder) => {
    const { runHelperMode } = await import('./agent/helper-mode.ts');
    const { agentSocketPath } = await import('./agent/socket-path.ts');
    return runHelperMode({
      args: process.argv.slice(helperSwitch + 1),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      socketPath: agentSocketPath(process.env, process.platform, homeFolder),
      version,
    });
  });
}
