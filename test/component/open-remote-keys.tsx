import { screen, within } from '@testing-library/react';
import {
  sampleKeeper,
  sampleKeeperContext,
  sampleStanding,
  type RemoteKeysWorld,
} from '../support/samples-remote-keys.ts';
import type { World } from '../support/world.ts';
import { openPage, type OpenWindow } from './open-window.tsx';

type Keeper = RemoteKeysWorld['keeper'];

/** The page of the keys of a keeper, with those of the sample unless others are given. */
export function open(keeper: Partial<Keeper> = {}, facts: Partial<World> = {}): Promise<OpenWindow> {
  return openPage('Remote keys', {
    contexts: [sampleKeeperContext()],
    keeper: { ...sampleKeeper().keeper, ...keeper },
    ...facts,
  });
}

/** A keeper whose caller has these rules. */
export function holding(permissions: string[], facts: Partial<Keeper['standing']> = {}): Partial<Keeper> {
  return { standing: sampleStanding({ permissions, ...facts }) };
}

/** What opens a key's sheet. */
export const row = (keyId: string): Promise<HTMLElement> => screen.findByRole('button', { name: keyId });

/** Opens a key's sheet. */
export async function openKey({ user }: OpenWindow, keyId: string) {
  await user.click(await row(keyId));
  const sheet = await screen.findByRole('dialog', { name: keyId });
  await within(sheet).findByText('Use it');
  return within(sheet);
}

/** Begins what can be done with a key. */
export async function openDeed(opened: OpenWindow, keyId: string, deed: string) {
  const sheet = await openKey(opened, keyId);
  await opened.user.click(sheet.getByRole('button', { name: `${deed}…` }));
  return within(await screen.findByRole('dialog', { name: new RegExp(`^${deed} .*${keyId}`) }));
}
