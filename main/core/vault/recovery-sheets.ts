import type { FileDialogs, SheetPrinter, TextFiles } from '../ports.ts';
import { wipe } from './bytes.ts';
import type { RecoveryCodes } from './recovery-codes.ts';

interface RecoverySheetsDeps {
  codes: RecoveryCodes;
  printer: SheetPrinter;
  dialogs: FileDialogs;
  files: TextFiles;
}

/** The user alone may read the file. */
const sheetMode = 0o600;

/** The recovery code on paper or in a file, while it can still be shown. */
export class RecoverySheets {
  readonly #deps: RecoverySheetsDeps;

  constructor(deps: RecoverySheetsDeps) {
    this.#deps = deps;
  }

  /**
   * Saves the sheet where the user says.
   * @returns false when the user cancels
   * @throws KeyholdError `recovery_code_gone` (also when it went while the user chose), `print_failed`,
   *   `storage_failed`
   */
  async save(id: string, form: 'pdf' | 'png'): Promise<boolean> {
    const { codes, printer, dialogs, files } = this.#deps;
    codes.read(id);
    const path = await dialogs.save({
      title: 'Save recovery code',
      fileName: `keyhold-recovery-code.${form}`,
      extension: form,
    });
    if (path === null) return false;
    const content = await printer[form](codes.read(id));
    try {
      await files.replace(path, content, sheetMode);
    } finally {
      wipe(content);
    }
    return true;
  }

  /**
   * Prints the sheet.
   * @returns false when the user cancels
   * @throws KeyholdError `recovery_code_gone`, `print_failed`
   */
  async print(id: string): Promise<boolean> {
    return this.#deps.printer.print(this.#deps.codes.read(id));
  }
}
