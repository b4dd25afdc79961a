import type { Rotation } from '../../../../../contracts/domain/rotation.ts';
import type { Sql } from '../../../ports.ts';

/** A rotation that has begun and not ended, as the vault keeps it. */
export interface OpenRotation {
  contextId: string;
  oldKeyId: string;
  newKeyId: string;
  mode: Rotation['mode'];
  step: Exclude<Rotation['step'], 'done'>;
}

interface RotationRow {
  context_id: string;
  old_key: string;
  new_key: string;
  mode: OpenRotation['mode'];
  step: OpenRotation['step'];
}

function fromRow(row: RotationRow): OpenRotation {
  return {
    contextId: row.context_id,
    oldKeyId: row.old_key,
    newKeyId: row.new_key,
    mode: row.mode,
    step: row.step,
  };
}

export function readRotation(sql: Sql, contextId: string): OpenRotation | null {
  const row = sql.get<RotationRow>('SELECT * FROM rotations WHERE context_id = ?', contextId);
  return row === undefined ? null : fromRow(row);
}

export function readRotations(sql: Sql): OpenRotation[] {
  return sql.all<RotationRow>('SELECT * FROM rotations').map(fromRow);
}

/** Whether a key is the old or the new one of an open rotation. */
export function isInRotation(sql: Sql, keyId: string): boolean {
  return sql.get('SELECT 1 FROM rotations WHERE old_key = ? OR new_key = ?', keyId, keyId) !== undefined;
}

/** Adds a rotation, or brings the one of its context up to date. */
export function writeRotation(sql: Sql, rotation: OpenRotation): void {
  const { contextId, oldKeyId, newKeyId, mode, step } = rotation;
  sql.run(
    `INSERT INTO rotations (context_id, old_key, new_key, mode, step) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (context_id) DO UPDATE SET mode = excluded.mode, step = excluded.step`,
    ...[contextId, oldKeyId, newKeyId, mode, step],
  );
}

export function deleteRotation(sql: Sql, contextId: string): void {
  sql.run('DELETE FROM rotations WHERE context_id = ?', contextId);
}
