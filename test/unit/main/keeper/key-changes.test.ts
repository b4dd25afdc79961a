import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  generateRequestSchema,
  destroyRequestSchema,
} from '../../../../contracts/server-api/tkeeper/keys.ts';
import { item, OddKeeper, page, paths } from './odd-keeper.ts';

let rig: OddKeeper;
beforeEach(async () => {
  rig = await OddKeeper.start();
  rig.answer(paths.dkg, '', 204);
  rig.answer(paths.destroy, '', 204);
});
afterEach(() => rig.stop());

const fresh = { keyId: 'hot', algorithm: 'P256', owner: null, applyUntil: null, processUntil: null } as const;
const create = (facts: object = {}) => rig.changes.create('c', { ...fresh, ...facts });
const [soon, later] = ['2126-01-01T00:00:00Z', '2126-02-01T00:00:00+02:00'];

describe('a new key', () => {
  it('is asked for with what the person chose, and written down', async () => {
    await create({ owner: 'treasury', applyUntil: soon, processUntil: later });
    expect(rig.asked).toMatchObject([
      {
        method: 'POST',
        body: {
          ...{ keyId: 'hot', algorithm: 'P256', mode: 'CREATE', assetOwner: 'treasury' },
          authorities: [{ id: 'default' }],
          policy: {
            apply: { unit: 'MILLISECONDS', notAfter: Date.parse(soon) },
            process: { unit: 'MILLISECONDS', notAfter: Date.parse(later) },
          },
        },
      },
    ]);
    expect(generateRequestSchema.safeParse(rig.asked[0]?.body).success).toBe(true);
    expect(rig.activity).toEqual([
      { kind: 'remote_key.created', contextName: 'Vault keeper', detail: 'hot, P256' },
    ]);
    await create();
    expect(rig.asked[1]?.body).not.toHaveProperty('policy');
  });

  it.each([
    { applyUntil: '2020-01-01T00:00:00Z' },
    { applyUntil: soon, processUntil: '2020-01-01T00:00:00Z' },
    { applyUntil: soon, processUntil: soon },
    { applyUntil: later, processUntil: soon },
    { processUntil: soon },
  ])('that cannot end so is asked of nobody: %j', async (ends) => {
    await expect(create(ends)).rejects.toMatchObject({ code: 'invalid_end' });
    expect([rig.asked, rig.activity]).toEqual([[], []]);
  });

  it.each([
    [400, 'KEY_ALREADY_EXISTS', 'remote_key_exists'],
    [400, 'INVALID_KEY_SET_POLICY', 'invalid_end'],
    [400, 'INVALID_EXPIRATION_TIME', 'invalid_end'],
    [403, 'ACCESS_DENIED', 'not_allowed'],
    [403, 'APPROVAL_REQUIRED', 'service_refused'],
    [503, 'KEEPER_SEALED', 'keeper_sealed'],
    [503, 'AUDIT_NOT_AVAILABLE', 'service_refused'],
    [503, 'NOT_ENOUGH_HEALTHY_CLIENTS', 'service_refused'],
    [401, 'UNAUTHENTICATED', 'pasted_expired'],
  ])('that is refused by %i %s is not made: %s', async (status, error, code) => {
    rig.refuse(paths.dkg, status, error);
    await expect(create()).rejects.toMatchObject({ code });
    expect([rig.activity, rig.asked.length]).toEqual([[], 1]);
  });

  it.each<[string, () => void]>([
    ['whose answer is lost', () => (rig.answers[paths.dkg] = () => null)],
    [
      'that a page answers',
      () => {
        rig.answer(paths.dkg, '<html>', 200);
      },
    ],
    [
      'that a gateway answers',
      () => {
        rig.answer(paths.dkg, '<html>', 502);
      },
    ],
    [
      'whose audit failed',
      () => {
        rig.refuse(paths.dkg, 500, 'AUDIT_FAILED');
      },
    ],
    [
      'at which the keeper fell',
      () => {
        rig.refuse(paths.dkg, 500, 'INTERNAL_ERROR');
      },
    ],
  ])('%s may be made: that is said and written down, and nothing is asked twice', async (_what, have) => {
    have();
    await expect(create()).rejects.toMatchObject({ code: 'maybe_done' });
    expect(rig.asked).toHaveLength(1);
    expect(rig.activity).toMatchObject([{ detail: 'hot, P256, perhaps: the answer was lost' }]);
  });

  it('that was to wait is not made', async () => {
    rig.answer(paths.dkg, '', 429);
    await expect(create()).rejects.toMatchObject({ code: 'server_unreachable' });
    expect(rig.activity).toEqual([]);
  });
});

describe('a further generation', () => {
  it('takes over who may use the key, until when, and who has to agree', async () => {
    const policy = {
      ...{ apply: { unit: 'SECONDS', notAfter: 9e9 }, process: null, allowHistoricalProcess: false },
      fourEye: { mode: 'STRICT', m: 2, n: 2, keys: [{ algorithm: 'P256', publicKey64: 'AA==' }] },
      added_later: true,
    };
    const authorities = [
      { id: 'treasury', oci: null },
      { id: 'ops', oci: 'ghcr.io/ops' },
    ];
    rig.answer(paths.inventory, page([item('hot', { policy, authorities, assetOwner: 'treasury' })]));
    await rig.changes.renew('c', 'hot', 'rotate');
    const { body } = rig.asked[1] ?? {};
    expect(body).toEqual({
      ...{ keyId: 'hot', mode: 'ROTATE', algorithm: 'ED25519', assetOwner: 'treasury' },
      authorities: [{ id: 'treasury' }, { id: 'ops', oci: 'ghcr.io/ops' }],
      policy: {
        ...{ apply: policy.apply, allowHistoricalProcess: false, fourEye: policy.fourEye, added_later: true },
      },
    });
    // Another end changes nothing else.
    const end = '2126-01-01T00:00:00Z';
    await rig.changes.renew('c', 'hot', 'rotate', { applyUntil: end, processUntil: null });
    expect(rig.asked[3]?.body).toMatchObject({
      policy: {
        ...{ apply: { unit: 'MILLISECONDS', notAfter: Date.parse(end) }, allowHistoricalProcess: false },
        ...{ fourEye: policy.fourEye, added_later: true },
      },
    });
    await rig.changes.renew('c', 'hot', 'refresh');
    expect(rig.asked[5]?.body).toMatchObject({ mode: 'REFRESH' });
    expect(rig.activity.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['remote_key.rotated', 'hot'],
      ['remote_key.rotated', 'hot'],
      ['remote_key.refreshed', 'hot'],
    ]);
  });

  it.each([
    ['rotate', 'tkeeper.dkg.rotate'],
    ['refresh', 'tkeeper.dkg.refresh'],
  ] as const)('says which permission %s needs', async (mode, permission) => {
    rig.answer(paths.inventory, page([item('hot')]));
    rig.refuse(paths.dkg, 403, 'ACCESS_DENIED');
    const refused = rig.changes.renew('c', 'hot', mode);
    await expect(refused).rejects.toMatchObject({ code: 'not_allowed', details: { permission } });
  });

  it('of no key is asked of nobody', async () => {
    rig.answer(paths.inventory, page([]));
    await expect(rig.changes.renew('c', 'hot', 'rotate')).rejects.toMatchObject({
      code: 'remote_key_not_found',
    });
    expect(rig.asked).toHaveLength(1);
  });
});

describe('the end of a generation', () => {
  it.each([204, 299])('is asked for once: %i', async (status) => {
    rig.answer(paths.destroy, '', status);
    await rig.changes.destroy('c', 'hot', 2);
    expect(rig.asked.map(({ body }) => body)).toEqual([{ keyId: 'hot', generation: 2 }]);
    expect(destroyRequestSchema.safeParse(rig.asked[0]?.body).success).toBe(true);
    expect(rig.activity).toMatchObject([
      { kind: 'remote_key.generation_destroyed', detail: 'hot, generation 2' },
    ]);
  });

  it.each([
    [403, 'DESTROY_FORBIDDEN', 'generation_in_use'],
    [400, 'INVALID_KEY_GENERATION', 'remote_key_not_found'],
    [403, 'ACCESS_DENIED', 'not_allowed'],
  ])('may be refused: %i %s is %s', async (status, error, code) => {
    rig.refuse(paths.destroy, status, error);
    await expect(rig.changes.destroy('c', 'hot', 1)).rejects.toMatchObject({ code });
    expect(rig.activity).toEqual([]);
  });
});
