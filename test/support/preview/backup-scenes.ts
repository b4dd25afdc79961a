import type { World } from '../world.ts';
import { sampleCopy, samplePreviewOfBackup, sampleRow } from '../world-backup.ts';

const longHost = 'very-long-registry-name.eu-central-1.containers.platform.acme-industries.example:8443';

export const backupScenes: Readonly<Record<string, () => Partial<World>>> = {
  damaged: () => ({
    vault: { state: 'damaged', retryAfterMs: 0 },
    copies: [
      sampleCopy(),
      sampleCopy({
        copy: 'vault-2026-11-22T091500Z.db',
        day: '2026-11-22',
        upTo: '2026-11-22T09:14:58.000Z',
        contexts: 1,
        credentials: 1,
      }),
      sampleCopy({
        copy: 'vault-2026-11-20.db',
        day: '2026-11-20',
        upTo: '2026-11-20T08:03:41.000Z',
        contexts: 10_000,
        credentials: 12_400,
      }),
    ],
  }),
  damagedNoCopy: () => ({ vault: { state: 'damaged', retryAfterMs: 0 } }),
  damagedStuck: () => ({
    vault: { state: 'damaged', retryAfterMs: 0 },
    copies: [sampleCopy()],
    failures: { 'rescue.useCopy': { code: 'storage_failed' } },
  }),
  vaultGone: () => ({ vault: { state: 'missing', retryAfterMs: 0 }, copies: [sampleCopy()] }),
  backupDue: () => ({ backup: { savedAt: null, newCredentials: 3, copies: 0, newestCopy: null } }),
  backupSaving: () => ({ hanging: ['backup.save'] }),
  backupTooLarge: () => ({ failures: { 'backup.save': { code: 'backup_too_large' } } }),
  backupDamaged: () => ({ failures: { 'backup.choose': { code: 'backup_damaged' } } }),
  backupWrong: () => ({ failures: { 'backup.open': { code: 'backup_wrong_passphrase' } } }),
  backupNothingNew: () => ({
    backupPreview: samplePreviewOfBackup({
      contexts: 1,
      credentials: 2,
      rows: [sampleRow()],
      newContexts: 0,
      newCredentials: 0,
      revokedCredentials: 0,
      leaving: { contexts: 0, credentials: 0, names: [] },
    }),
  }),
  backupLong: () => ({
    backupPreview: samplePreviewOfBackup({
      contexts: 10_000,
      credentials: 12_400,
      newContexts: 9_996,
      newCredentials: 12_390,
      rows: Array.from({ length: 200 }, (_, index) =>
        sampleRow({
          name: `Production Europe (Frankfurt) ${String(index)}`,
          asName: `Production Europe (Frankfurt) ${String(index)}`,
          host: longHost,
          userId: `bot:acme-industries-platform-engineering/nightly-build-runner-${String(index)}`,
          outcome: 'new',
        }),
      ),
      leaving: {
        contexts: 12,
        credentials: 31,
        names: Array.from(
          { length: 12 },
          (_, index) => `Cluster of the Frankfurt site, number ${String(index)}`,
        ),
      },
    }),
  }),
  restoreFails: () => ({ failures: { 'backup.restore': { code: 'storage_failed' } } }),
};
