/** Builds main, preload and renderer into out/. Usage: node scripts/build.ts */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import { contractNames } from '../contracts/ipc/index.ts';
import { electronRuntime } from './setup/runtime.mjs';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out');

/** Native modules stay outside the bundle: they find their binaries by their own folder. */
const external = ['electron', 'better-sqlite3', '@node-rs/argon2'];

/** What starts on its own, by the name of its file in out/. */
const programs = {
  main: { index: 'main/index.ts', 'key-file-kdf-worker': 'main/adapters/key-file-kdf-worker.ts' },
  preload: { index: 'preload/index.ts' },
};

function nodeBundle(part: keyof typeof programs, define: Record<string, string>): InlineConfig {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    define,
    ssr: { noExternal: true, external, target: 'node' },
    build: {
      ssr: true,
      outDir: join(out, part),
      emptyOutDir: true,
      target: 'node20.18',
      minify: part === 'main',
      sourcemap: false,
      rolldownOptions: {
        input: programs[part],
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: '[name].cjs',
          codeSplitting: part === 'main',
        },
      },
    },
  };
}

/** better-sqlite3's own binaries crash the development-only Electron (ADR 2), which gets one made for it. */
function copyNativeBinding(): boolean {
  const { nativeBinding } = electronRuntime();
  const folder = join(out, 'native');
  rmSync(folder, { recursive: true, force: true });
  if (nativeBinding === null) return false;
  mkdirSync(folder, { recursive: true });
  copyFileSync(nativeBinding, join(folder, 'better_sqlite3.node'));
  return true;
}

/**
 * Makes the page that has the unlock screen in it before any script has run (`unlock.html`), out of the window's own page
 * and the screen as React draws it.
 */
async function buildUnlockPage(): Promise<void> {
  const folder = join(out, 'prerender');
  await build({
    configFile: false,
    root: join(root, 'renderer'),
    logLevel: 'warn',
    plugins: [react()],
    ssr: { noExternal: true },
    build: { ssr: 'prerender.tsx', outDir: folder, emptyOutDir: true },
  });
  const built = pathToFileURL(join(folder, 'prerender.js')).href;
  const { unlockScreen } = (await import(built)) as { unlockScreen: () => string };
  rmSync(folder, { recursive: true });
  const page = join(out, 'renderer', 'index.html');
  const html = readFileSync(page, 'utf8');
  const later = html.match(/ *<(script type="module"|link rel="modulepreload").*\n/g) ?? [];
  const unlock = later
    .reduce((text, element) => text.replace(element, ''), html)
    .replace('<html ', '<html data-ready="unlock" ')
    .replace('</head>', `  <script async src="/early.js"></script>\n  </head>`)
    .replace(
      '<div id="root">',
      `<template>${later.toReversed().join('').replace(' blocking="render"', '')}</template>\n    <div id="root">${unlockScreen()}`,
    );
  writeFileSync(join(out, 'renderer', 'unlock.html'), unlock);
}

/** Builds everything; takes a few seconds. Throws with the tool's message when something does not build. */
export async function buildAll(): Promise<void> {
  const ownBinding = copyNativeBinding();
  await Promise.all([
    build(nodeBundle('main', { OWN_SQLITE_BINDING: JSON.stringify(ownBinding) })),
    build(nodeBundle('preload', { CONTRACT_NAMES: JSON.stringify(contractNames()) })),
    build({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' }).then(buildUnlockPage),
  ]);
}

if (import.meta.main) await buildAll();
