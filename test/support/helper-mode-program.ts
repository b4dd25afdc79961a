import { homedir } from 'node:os';
import { runHelperMode } from '../../main/agent/helper-mode.ts';
import { agentSocketPath } from '../../main/agent/socket-path.ts';

// Stands for the packaged program, which is built for its own tests only: the same helper mode, without Electron.
process.exitCode = await runHelperMode({
  args: process.argv.slice(process.argv.indexOf('--credential-helper') + 1),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  socketPath: agentSocketPath(process.env, process.platform, homedir()),
  version: 'of a test',
});
