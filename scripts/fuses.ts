import { join } from 'node:path';
import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';

/**
 * Every fuse is stated, so that a new Electron's defaults change nothing unseen: a fuse that @electron/fuses
 * learns of does not compile until it is here. electron-builder's own list lags behind, so it gets none.
 */
export const fuses: Readonly<Record<FuseV1Options, boolean>> = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // How WebAssembly is checked for its bounds: Electron's default, the fast way.
  [FuseV1Options.WasmTrapHandlers]: true,
};

/**
 * The program that electron-builder made for this computer's platform.
 *
 * @param folder - where it was put, such as `dist/linux-unpacked`
 * @returns the file to start
 */
export function packagedProgram(folder: string): string {
  if (process.platform === 'darwin') return join(folder, 'Keyhold.app', 'Contents', 'MacOS', 'Keyhold');
  return join(folder, process.platform === 'win32' ? 'Keyhold.exe' : 'keyhold');
}

/**
 * Sets all fuses of a packaged program. Those that its Electron is too old to have are left out.
 *
 * @throws Error when its Electron has a fuse that is not stated
 */
export async function setFuses(program: string): Promise<void> {
  const present = await getCurrentFuseWire(program);
  const stated = Object.fromEntries(Object.entries(fuses).filter(([fuse]) => fuse in present));
  await flipFuses(program, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: process.platform === 'darwin',
    ...(stated as typeof fuses),
    strictlyRequireAllFuses: true,
  });
}
