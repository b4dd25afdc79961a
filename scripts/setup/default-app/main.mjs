// What the fallback Electron runs for `electron <folder>`: it makes that folder the application.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/**
 * Reads what Electron needs to know of an application.
 * @param {string | undefined} folder
 * @returns {{ path: string, main: string, name: string | undefined, version: string | undefined }}
 * @throws {Error} when there is no folder or no readable package.json in it
 */
function readApplication(folder) {
  if (folder === undefined) throw new Error('give the folder of the application: electron <folder>');
  const path = resolve(folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  return {
    path,
    main: pathToFileURL(resolve(path, manifest.main ?? 'index.js')).href,
    name: manifest.productName ?? manifest.name,
    version: manifest.version,
  };
}

/**
 * Does what Electron itself does for a packaged application. The two setters are Electron's own, though not
 * among its documented ones; there is no other way to say which folder the application is.
 * @param {ReturnType<typeof readApplication>} application
 */
function become({ path, name, version }) {
  const settable =
    /** @type {import('electron').App & { setVersion(version: string): void, setAppPath(path: string): void }} */ (
      app
    );
  Object.defineProperty(process, 'defaultApp', { value: true });
  if (name !== undefined) settable.setName(name);
  if (version !== undefined) settable.setVersion(version);
  settable.setAppPath(path);
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(
    `electron: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  app.exit(1);
}

try {
  const application = readApplication(process.argv.slice(1).find((argument) => !argument.startsWith('-')));
  become(application);
  // Awaited, so that Electron's "ready" waits until the application's main file has run.
  await import(application.main);
} catch (error) {
  fail(error);
}
