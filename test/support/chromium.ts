import { chromium } from '@playwright/test';
import type { Browser, LaunchOptions } from '@playwright/test';
import { existsSync } from 'node:fs';

/** Where Debian puts it; elsewhere Playwright's own browser is used. */
const systemChromium = '/usr/bin/chromium';

/** How to start a real Chromium that talks to nobody but the pages under test. */
export function chromiumOptions({ headless }: { headless: boolean }): LaunchOptions {
  return {
    headless,
    ...(existsSync(systemChromium) ? { executablePath: systemChromium } : {}),
    args: [
      ...(headless ? ['--headless=new'] : []),
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
