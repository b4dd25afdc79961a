import type { Answer } from '../../lib/api.ts';

/** A backup file that the user chose. */
export type ChosenBackup = NonNullable<Answer<'backup', 'choose'>>;
/** What restoring an opened backup would do. */
export type Preview = NonNullable<Answer<'backup', 'open'>>;
