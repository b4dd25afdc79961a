import { chromium } from '@playwright/test';
import type { Browser, LaunchOptions } from '@playwright/test';
import { existsSync } from 'node:fs';

/** Where Debian puts them; elsewhere Playwright's own are used. */
const systemChromium = '/usr/bin/chromium';
const headlessShell = '/usr/lib/chromium/chromium-headless-shell';

/** Scripts that run for a second are not optimized by compilers that need longer than that. */
export const noOptimizing = '--js-flags=--no-maglev --no-opt';

/**
 * What makes a page that lives for a second cheaper, and shows nothing else: besides, one page after the other keeps its
 * frame. That is nearly a third less work for a screen's test.
 * The list of features takes the place of Playwright's own, so what is needed of that is in it.
 */
const forShortPages = [
  noOptimizing,
  '--disable-features=RenderDocument,SpareRendererForSitePerProcess,PaintHolding,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable',
];

const quiet = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The first of some programs that is here, as Playwright takes it. */
function firstOf(...programs: string[]): LaunchOptions {
  const program = programs.find((each) => existsSync(each));
  return program === undefined ? {} : { executablePath: program };
}

/** A real Chromium with a window, which talks to nobody but the pages under test. */
export async function openChromium(): Promise<Browser> {
  return chromium.launch({
    ...firstOf(systemChromium),
    headless: false,
    args: [...quiet, ...forShortPages, '--disable-gpu'],
  });
}

let shared: Promise<Browser> | undefined;

/** One without a window for all test files of a process, which ends with it: contexts keep them apart, and a start is dear. */
export function sharedChromium(): Promise<Browser> {
  shared ??= launchChromium();
  return shared;
}

/** The same without a window. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...firstOf(headlessShell, systemChromium),
    args: [...quiet, ...forShortPages],
  });
}
