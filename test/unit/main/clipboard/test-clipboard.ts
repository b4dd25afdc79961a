import type { Clipboard } from '../../../../main/core/ports.ts';

/** In place of the desktop's clipboard, which tests must not touch. */
export class TestClipboard implements Clipboard {
  content = '';

  write(text: string): Promise<void> {
    this.content = text;
    return Promise.resolve();
  }

  read(): Promise<string> {
    return Promise.resolve(this.content);
  }

  clear(): void {
    this.content = '';
  }
}
