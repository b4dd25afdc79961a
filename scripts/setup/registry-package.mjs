import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SetupProblem } from './problem.mjs';
import { ProgramFailed, run } from './run.mjs';

/**
 * @typedef {{ name: string, version: string, integrity: string }} RegistryPackage
 * One package of the npm registry; `integrity` is the hash its archive must have, in the form
 * `sha512-<base64>` of the Subresource Integrity specification.
 */

/**
 * Runs npm: the one that started us, else the one on the path.
 * @param {readonly string[]} args
 * @param {{ cwd?: string }} [options]
 * @returns {Promise<string>} its standard output
 */
export function npm(args, options = {}) {
  const script = process.env['npm_execpath'];
  if (script !== undefined && basename(script) === 'npm-cli.js' && existsSync(script)) {
    return run(process.execPath, [script, ...args], options);
  }
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/**
 * What npm says went wrong, without its advice and its usage.
 * @param {string} output
 * @returns {string} the first lines of its error
 */
export function npmErrors(output) {
  return [...output.matchAll(/^npm error (\S.*)$/gm)]
    .map(([, text]) => text ?? '')
    .slice(0, 6)
    .join('\n');
}

/**
 * Fetches the archive of one package from the registry that npm is set up for, and checks it.
 * @param {RegistryPackage} wanted
 * @param {string} folder where to put it; made when missing
 * @returns {Promise<string>} path of the archive (.tgz)
 * @throws {SetupProblem} when the registry does not give it or gives something else
 */
export async function fetchPackage(wanted, folder) {
  const spec = `${wanted.name}@${wanted.version}`;
  await mkdir(folder, { recursive: true });
  try {
    await npm(['pack', spec, '--pack-destination', folder, '--ignore-scripts'], { cwd: folder });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new SetupProblem(
      `The npm registry did not give ${spec}:\n${npmErrors(error.output)}`,
      'check the network and "npm ping", then run the command again',
    );
  }
  const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new SetupProblem(`npm packed no archive of ${spec}.`, 'npm cache verify');
  const path = join(folder, archive);
  await checkIntegrity(path, wanted);
  return path;
}

/**
 * @param {string} path
 * @param {RegistryPackage} wanted
 */
export async function checkIntegrity(path, wanted) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  if (`sha512-${hash.digest('base64')}` === wanted.integrity) return;
  throw new SetupProblem(
    `The archive of ${wanted.name}@${wanted.version} is not the one that was reviewed: its hash differs.`,
    'npm cache clean --force, and if it happens again report it: something on the way changes packages',
  );
}
