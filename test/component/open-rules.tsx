import { screen } from '@testing-library/react';
import { keeperFacts, sampleRulesContext } from '../support/samples-rules.ts';
import { sampleRole } from '../support/world-rules.ts';
import { openPage, type OpenWindow } from './open-window.tsx';

export const contexts = [sampleRulesContext()];

export async function openRules(facts: Parameters<typeof openPage>[1] = {}): Promise<OpenWindow> {
  const opened = await openPage('Rules', { contexts, ...keeperFacts(), ...facts });
  await screen.findByRole('textbox', { name: 'Rules, one a line' });
  return opened;
}

export const withText = (text: string, facts: Parameters<typeof sampleRole>[0] = {}) => ({
  roles: [sampleRole({ text, tests: [], ...facts })],
});

export const field = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: 'Rules, one a line' });
/** Puts the caret at the end of a line, as a click does. */
export async function toEnd({ user }: OpenWindow, line: number): Promise<void> {
  const lines = field().value.split('\n').slice(0, line);
  const at = lines.join('\n').length;
  await user.click(field());
  field().setSelectionRange(at, at);
  await user.keyboard('{Control>}{/Control}');
}
