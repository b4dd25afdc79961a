import { expect, it } from 'vitest';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { ReviewService } from '../../../../main/core/access/review-service.ts';
import { broken, jonas, now, place, principal, refusal, standIn } from './stand-in-service.ts';

let review: ReviewService;
const service = standIn((parts) => {
  review = new ReviewService(parts);
});

const at = now.toISOString();
const change = { principal: jonas, repository: 'acme/api', actions: ['read'], later: 1 };
const grant = (facts: object = {}) => ({
  ...{ id: 'g_1', principal: principal(), actions: ['read', 'later'], given_at: at, until: null },
  ...{ pulled: at, pushed: null, ...facts },
});
const finding = (facts: object = {}) => ({
  ...{ kind: 'unused_write', repository: 'acme/api', grant: grant(), group: null, admins: null },
  ...{ changes: [change], ...facts },
});
const answer = (kinds: object[]) => ({ status: 200, body: { version: '7', noted_since: at, kinds } });

it('findings are told of kinds, people and changes that this version knows', async () => {
  const odd = { repository: 7, moon: 'full' };
  service.reply = () =>
    answer([
      { kind: 'full_moon', total: 3, findings: [odd], later: 1 },
      {
        ...{ kind: 'unused_write', total: 9 },
        findings: [
          finding(),
          finding({ grant: grant({ principal: principal({ kind: 'robot' }) }) }),
          finding({ changes: [change, { ...change, actions: ['later'] }] }),
          finding({ changes: [{ ...change, principal: 'robot:1' }] }),
        ],
      },
      { kind: 'many_admins', total: 1, findings: [finding({ grant: null, admins: 4 })] },
    ]);
  const told = await review.findings(place);
  ipcContract.calls.accessReview.findings.response.parse(told);
  expect(told).toMatchObject({
    notedSince: at,
    kinds: [
      {
        ...{ kind: 'unused_write', total: 9 },
        findings: [
          {
            grant: { principal: { name: 'jonas' }, actions: ['read'], pulled: at, pushed: null },
            changes: [{ principal: jonas, repository: 'acme/api', actions: ['read'], expiresAt: null }],
          },
          { changes: [] },
          { changes: [] },
        ],
      },
      { kind: 'many_admins', findings: [{ grant: null, admins: 4 }] },
    ],
  });
});

it('findings of a kind are the first hundred', async () => {
  const findings = Array.from({ length: 150 }, () => finding());
  service.reply = () => answer([{ kind: 'ending', total: 150, findings }]);
  expect((await review.findings(place)).kinds[0]?.findings).toHaveLength(100);
});

it('findings whose form is another one are none', async () => {
  service.reply = () => answer([{ kind: 'ending', total: 1, findings: [{ kind: 'ending' }] }]);
  await expect(review.findings(place)).rejects.toMatchObject(broken);
  service.reply = () => refusal(403, 'role_insufficient');
  await expect(review.findings(place)).rejects.toMatchObject({ code: 'repository_admin_needed' });
});
