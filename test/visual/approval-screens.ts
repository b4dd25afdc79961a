import type { Screen } from './screens.ts';
import { click, visit } from './steps.ts';

/** As main/electron/prompt-window.ts opens it. */
const window = { path: '/approval.html', width: 460, height: 400 };

export const approvalScreens: readonly Screen[] = [
  { name: 'approvals', scene: 'approvalRules', go: visit('Approvals') },
  { name: 'approvals-off', scene: 'active', go: visit('Approvals') },
  { name: 'approvals-on', scene: 'approvalsOn', go: visit('Approvals') },
  { name: 'approvals-failed', scene: 'approvalsFail', go: visit('Approvals') },
  { name: 'ask-credential', scene: 'askCredential', window },
  { name: 'ask-many', scene: 'askMany', window },
  { name: 'ask-unknown', scene: 'askUnknown', window },
  { name: 'ask-tray', scene: 'askTray', window },
  { name: 'ask-stop', scene: 'askStop', window },
  { name: 'ask-forget', scene: 'askForget', window },
  {
    name: 'ask-failed',
    scene: 'askFails',
    window,
    go: async (page) => {
      // Armed half a second after the question came up.
      await page.locator('button:not([aria-disabled="true"])', { hasText: 'Allow' }).waitFor();
      await click('Allow')(page);
      await page.getByRole('alert').waitFor();
    },
  },
];
