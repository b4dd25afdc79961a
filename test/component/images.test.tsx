import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { sampleDigest, sampleTags } from '../support/world-images.ts';
import type { World } from '../support/world.ts';
import { openPage, type OpenWindow } from './open-window.tsx';

const web = { contextId: productionId, repository: 'acme/web' };
const option = (name: RegExp): Promise<HTMLElement> => screen.findByRole('option', { name });
const shown = (): string[] =>
  screen.getAllByRole('option').map((each) => each.querySelector('[title]')?.getAttribute('title') ?? '');

async function openTags(facts: Partial<World> = {}, name = 'acme/web'): Promise<OpenWindow> {
  const opened = await openPage('Repositories', facts);
  await opened.user.click(await screen.findByRole('button', { name }));
  await screen.findByRole('dialog', { name });
  return opened;
}

async function openTag(tag: RegExp, facts: Partial<World> = {}, name?: string): Promise<OpenWindow> {
  const opened = await openTags(facts, name);
  await opened.user.click(await option(tag));
  return opened;
}

describe('the tags of a repository', () => {
  it('are listed with the newest first, each with platforms, size and digest', async () => {
    await openTags();
    const row = await option(/^1\.10\.0 Index/);
    expect(row.textContent).toContain('Index · linux/amd64, linux/arm64 and 1 more');
    expect(row.textContent).toContain('45.9 MB – 48.7 MB');
    expect(row.textContent).toContain(sampleDigest('1.10.0').slice(0, 19));
    expect(within(row).getByTitle(sampleDigest('1.10.0'))).toBeDefined();
    expect((await option(/^pr-412 Image/)).textContent).toContain('49.1 MB');
    await option(/^sbom-1\.10\.0 Artifact/);
    expect(shown()).toEqual(['latest', 'sbom-1.10.0', 'pr-412', 'broken', '1.10.0', '1.9.2']);
  });

  it('show one that cannot be read beside those that can', async () => {
    await openTags();
    expect((await option(/^broken The registry/)).textContent).toContain('cannot be read');
    await option(/^latest Index/);
  });

  it('are found and opened without the mouse, and the list goes on where it was', async () => {
    const { user } = await openTags();
    await option(/^latest/);
    expect(document.activeElement).toBe(screen.getByRole('combobox', { name: 'Search tags' }));
    await user.keyboard('1.');
    await waitFor(() => {
      expect(shown()).toEqual(['sbom-1.10.0', '1.10.0', '1.9.2']);
    });
    await user.keyboard('{ArrowDown}{Enter}');
    await screen.findByRole('heading', { name: '1.10.0' });
    const back = screen.getByRole('button', { name: 'All tags' });
    expect(document.activeElement).toBe(back);
    await user.keyboard('{Enter}');
    const field = await screen.findByRole('combobox', { name: 'Search tags' });
    expect(document.activeElement).toBe(field);
    const active = document.getElementById(field.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toMatch(/^1\.10\.0 /);
  });

  it('are all read, page by page, but only those in sight are looked into', async () => {
    const tags = Array.from({ length: 3000 }, (_, index) => `build-${String(index)}`);
    const { user, requests } = await openTags({ tags });
    await screen.findByText('3,000');
    expect(requests('images.tags')).toEqual([null, '1000', '2000'].map((after) => ({ ...web, after })));
    await option(/^build-2999 Image/);
    expect(requests('images.image').length).toBeLessThan(60);
    await user.keyboard('build-1700');
    await option(/^build-1700 Image/);
  });

  it('beyond some thousands are read on request', async () => {
    const tags = Array.from({ length: 10_500 }, (_, index) => `build-${String(index)}`);
    const { user, requests } = await openTags({ tags });
    await screen.findByText('10,000 tags so far. There are more.');
    expect(requests('images.tags')).toHaveLength(10);
    await user.click(screen.getByRole('button', { name: 'Read on' }));
    await screen.findByText('10,500');
    expect(screen.queryByRole('button', { name: 'Read on' })).toBeNull();
  });

  it('are not there: it is said why, and reading can be tried again', async () => {
    const { user, world } = await openTags({ failures: { 'images.tags': { code: 'server_unreachable' } } });
    await screen.findByText('The service cannot be reached');
    world.failures = {};
    world.tags = [];
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('heading', { name: 'No tags' });
  });

  it('are given up when the sheet closes, and read anew next time', async () => {
    const { user, world, requests } = await openTags();
    await option(/^latest Index/);
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(requests('images.close')).toEqual([web]);
    });
    world.tags = ['renamed'];
    await user.click(screen.getByRole('button', { name: 'acme/web' }));
    await option(/^renamed/);
    expect(shown()).toEqual(['renamed']);
  });
});

describe('a tag', () => {
  it('shows the whole digest, which can be copied, and the images of an index', async () => {
    const { user, requests } = await openTag(/^1\.10\.0 Index/);
    await screen.findByText(sampleDigest('1.10.0'));
    expect(screen.getByText('application/vnd.oci.image.index.v1+json')).toBeDefined();
    expect(screen.getByText('Index of 3 images and 3 other entries')).toBeDefined();
    const platforms = within(screen.getByRole('list', { name: 'Platforms' }));
    expect(platforms.getAllByRole('listitem')).toHaveLength(3);
    expect(platforms.getByText('linux/arm/v7').closest('li')?.textContent).toContain('45.9 MB');
    await user.click(screen.getByRole('button', { name: 'Copy digest' }));
    await user.click(platforms.getByRole('button', { name: 'Copy digest of linux/arm64' }));
    expect(requests('images.copyDigest')).toEqual([
      { digest: sampleDigest('1.10.0') },
      { digest: sampleDigest('linux/arm641.10.0') },
    ]);
  });

  it('says when it was made and for which platform', async () => {
    await openTag(/^pr-412/);
    await screen.findByText('linux/amd64');
    expect(screen.queryByText('Not said')).toBeNull();
    expect(screen.queryByRole('list', { name: 'Platforms' })).toBeNull();
  });

  it('gives the command for the program that was used last, by tag or digest', async () => {
    const { user, requests } = await openTag(/^1\.10\.0 Index/);
    const command = await screen.findByLabelText('Pull command');
    expect(command.textContent).toBe('podman pull registry.acme.example/acme/web:1.10.0');
    await user.click(screen.getByRole('radio', { name: 'Skopeo' }));
    await user.click(screen.getByRole('radio', { name: 'Digest' }));
    const digest = sampleDigest('1.10.0');
    expect(command.textContent).toBe(
      `skopeo copy --all docker://registry.acme.example/acme/web@${digest} oci:web`,
    );
    await user.click(screen.getByRole('button', { name: 'Copy command' }));
    await screen.findByText('Command copied');
    expect(requests('images.copyPull')).toEqual([{ ...web, tool: 'skopeo', reference: digest, index: true }]);
    await user.click(screen.getByRole('button', { name: 'All tags' }));
    await user.click(await option(/^pr-412/));
    expect((await screen.findByLabelText('Pull command')).textContent).toBe(
      'skopeo copy docker://registry.acme.example/acme/web:pr-412 oci:web',
    );
  });

  it('that cannot be read can be tried again, and deleted', async () => {
    const { user, requests } = await openTag(/^broken/);
    await screen.findByText('The registry’s answer cannot be read');
    expect(screen.queryByLabelText('Pull command')).toBeNull();
    const before = requests('images.image').length;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => {
      expect(requests('images.image')).toHaveLength(before + 1);
    });
    expect(screen.getByRole('button', { name: 'Delete tag…' })).toBeDefined();
  });

  it('is deleted once that is confirmed', async () => {
    const { user, requests } = await openTag(/^pr-412/);
    await user.click(await screen.findByRole('button', { name: 'Delete tag…' }));
    const dialog = within(await screen.findByRole('region', { name: 'Delete pr-412' }));
    expect(dialog.getByText(/Nobody can pull acme\/web:pr-412 any more/)).toBeDefined();
    expect(requests('images.deleteTag')).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Delete tag' }));
    await screen.findByText('Deleted tag pr-412');
    await option(/^latest/);
    await waitFor(() => {
      expect(shown()).toEqual(expect.arrayContaining(sampleTags.filter((tag) => tag !== 'pr-412')));
      expect(shown()).not.toContain('pr-412');
    });
    expect(requests('images.deleteTag')).toEqual([{ ...web, tag: 'pr-412' }]);
  });

  it('stays when the registry does not delete, and it is said', async () => {
    const { user } = await openTag(/^pr-412/, { failures: { 'images.deleteTag': { code: 'deletion_off' } } });
    await user.click(await screen.findByRole('button', { name: 'Delete tag…' }));
    await user.click(await screen.findByRole('button', { name: 'Delete tag' }));
    await screen.findByText('The registry does not delete tags');
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('heading', { name: 'pr-412' })).toBeDefined();
  });

  it('is not offered for deletion without the right', async () => {
    const repositories = [{ name: 'acme/web', public: false, actions: ['read' as const] }];
    await openTag(/^pr-412/, { repositories }, 'acme/web');
    await screen.findByLabelText('Pull command');
    expect(screen.queryByRole('button', { name: 'Delete tag…' })).toBeNull();
  });
});
