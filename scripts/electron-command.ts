import { electronRuntime, sandboxArgs, withDisplay } from './setup/runtime.mjs';

/** The command that starts Electron with these arguments here: under a virtual display where there is none. */
export function electronCommand(args: readonly string[]): { command: string; args: string[] } {
  return withDisplay(electronRuntime().executable, [...sandboxArgs(), ...args]);
}
