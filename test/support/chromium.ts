import { chromium } from '@playwright/test';
import type { Browser, LaunchOptions } from '@playwright/test';
import { existsSync } from 'node:fs';

/** Where Debian puts it; elsewhere Playwright's own browser is used. */
const systemChromium = '/usr/bin/chromium';

/**
 * What makes a page that lives for a second cheaper, and shows nothing else: its scripts are not optimized by compilers
 * that need longer than that, and one page after the other keeps its frame. A third of the work of a screen's test.
 * The list of features takes the place of Playwright's own, so what is needed of that is in it.
 */
const forShortPages = [
  '--js-flags=--no-maglev --no-opt',
  '--disable-features=RenderDocument,SpareRendererForSitePerProcess,PaintHolding,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable',
];

/** How to start a real Chromium that talks to nobody but the pages under test. */
export function chromiumOptions({ headless }: { headless: boolean }): LaunchOptions {
  return {
    headless,
    ...(existsSync(systemChromium) ? { executablePath: systemChromium } : {}),
    args: [
      ...(headless ? ['--headless=new', ...forShortPages] : []),
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}

/** A real Chromium without a window. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(chromiumOptions({ headless: true }));
}
