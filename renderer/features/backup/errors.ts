import { limits } from '../../../contracts/domain/limits.ts';
import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of backups. */
export const backupErrors = {
  backup_unreadable: {
    title: 'The backup cannot be read',
    advice: 'Make sure that it is still there and yours to read, then choose it again.',
  },
  backup_foreign: {
    title: 'That is not a backup of Keyhold',
    advice: 'Choose a file that Keyhold saved; its name ends in .keyhold-backup.',
  },
  backup_damaged: {
    title: 'The backup file is damaged',
    advice: 'Part of it is missing or changed, so nothing was restored. Use another copy of the file.',
  },
  backup_newer: {
    title: 'The backup was saved by a newer Keyhold',
    advice: 'Nothing was restored. Install the latest Keyhold to read it.',
  },
  backup_too_large: {
    title: 'The file is too large for a backup',
    advice: `A backup has at most ${String(limits.backupBytes / 1024 / 1024)} MB. Choose another file.`,
  },
  backup_wrong_passphrase: {
    title: 'The passphrase does not open this backup',
    advice: 'It is the one that was chosen when the backup was saved, not that of the vault.',
  },
  backup_gone: {
    title: 'The backup is no longer open',
    advice: 'Keyhold lets go of it when the vault locks. Choose the file again.',
  },
} satisfies Partial<ErrorWords>;
