import type { Page } from '@playwright/test';

/** The sign-in page of the server, and the page of a provider that it leads to (`test/support/oidc-provider.ts`). */
export class ProviderPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Presses the provider's button on the server's sign-in page, and waits for the provider's own page. */
  async choose(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Sign in with ${name}` }).click();
    await this.page.getByLabel('E-mail').waitFor();
  }

  /** Signs in as an account of the provider. */
  async signInAs(email: string): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByRole('button', { name: 'Continue' }).click();
  }

  /** Goes back to the server without a sign-in. */
  async cancel(): Promise<void> {
    await this.page.getByRole('button', { name: 'Cancel' }).click();
  }
}
