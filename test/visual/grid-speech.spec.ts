import { test, expect, type CDPSession, type Page } from '@playwright/test';
import { launchChromium } from '../support/chromium.ts';
import { openPreview } from '../support/preview/preview.ts';
import { visit } from './steps.ts';

/*
 * What Chromium hands to a screen reader: its accessibility tree. No screen reader runs where tests run, so this is the
 * last thing before its voice that can be looked at.
 */

/** The grid's cell where the keyboard is, as the tree has it. */
async function spokenCell(page: Page, cdp: CDPSession) {
  const grid = page.getByRole('grid', { name: 'Who may do what' });
  const id = (await grid.getAttribute('aria-activedescendant')) ?? '';
  const { root } = await cdp.send('DOM.getDocument');
  const asked = { nodeId: root.nodeId, selector: `[id="${id}"]` };
  const { nodeId } = await cdp.send('DOM.querySelector', asked);
  const { nodes } = await cdp.send('Accessibility.getPartialAXTree', { nodeId, fetchRelatives: false });
  const cell = page.locator(`[id="${id}"]`);
  const row = cell.locator('xpath=ancestor::*[@role="row"]');
  const column = (await cell.getAttribute('aria-colindex')) ?? '';
  return {
    role: nodes[0]?.role?.value as unknown,
    name: nodes[0]?.name?.value as unknown,
    isSelected: nodes[0]?.properties?.find(({ name }) => name === 'selected')?.value.value as unknown,
    row: `${(await row.getAttribute('aria-rowindex')) ?? ''} ${await row.getByRole('rowheader').innerText()}`,
    column: await grid.locator(`[role=columnheader][aria-colindex="${column}"]`).getAttribute('title'),
  };
}

test('a screen reader hears of the cell with the keyboard its access, row and column, and what is selected and pending', async () => {
  const browser = await launchChromium();
  const preview = await openPreview(browser);
  const { page } = await preview.show('access', { width: 1100, height: 720 });
  await visit('Permissions')(page);
  const grid = page.getByRole('grid', { name: 'Who may do what' });
  await grid.locator('[role=gridcell]:not([aria-label="not read yet"])').first().waitFor();
  await grid.focus();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Accessibility.enable');
  const after = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
    return spokenCell(page, cdp);
  };

  expect(await after()).toEqual({
    role: 'gridcell',
    name: 'push, without pull, directly until 25 November, denied in part',
    isSelected: true,
    row: '3 designers',
    column: 'acme/api',
  });
  const below = { row: '4 developers', column: 'acme/api' };
  expect(await after('ArrowDown')).toMatchObject({ name: 'none', ...below });
  expect(await after('4')).toMatchObject({ name: 'pending: admin, was none', isSelected: true, ...below });
  const beside = { name: 'pull, directly until 25 November', column: 'acme/api-gateway' };
  expect(await after('Shift+ArrowRight')).toMatchObject({ isSelected: true, row: '4 developers', ...beside });
  expect(await after('Home', 'ArrowLeft')).toMatchObject({ role: 'rowheader', name: 'Group developers' });
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const named = nodes.filter(({ ignored, role }) => !ignored && role?.value === 'grid');
  expect(named.map(({ name }) => name?.value as unknown)).toEqual(['Who may do what']);
  await preview.close();
  await browser.close();
});
