import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHelper } from '../../../../main/core/registries/auth-file.ts';
import { planSetUp, planUndo } from '../../../../main/core/registries/set-up-plan.ts';
import type { SetUp } from '../../../../main/core/registries/set-up-plan.ts';
import { authFile, hostName, namedHelper } from './auth-file-cases.ts';

/** An auth file and its set-ups, changed by plans only. */
class PlannedFile {
  text: string | null;
  setUps: readonly SetUp[] = [];

  constructor(text: string | null) {
    this.text = text;
  }

  setUp(host: string): void {
    const plan = planSetUp(this.text, host, this.setUps);
    this.text = plan.text;
    this.setUps = [...plan.others, plan.setUp];
  }

  undo(host: string): 'exact' | 'entry' {
    const setUp = this.setUps.find((known) => known.host === host);
    if (!setUp) throw new Error(`${host} is not set up`);
    const plan = planUndo(
      this.text,
      setUp,
      this.setUps.filter((known) => known !== setUp),
    );
    this.text = plan.text;
    this.setUps = plan.others;
    return plan.restored;
  }
}

const someFile = fc.option(authFile.map(({ text }) => text));
const hosts = fc.uniqueArray(hostName, { minLength: 1, maxLength: 4 });
const addedAndRemoved = hosts.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
);

describe('undoing set-ups', () => {
  it('gives back the file to the byte, or none, in whatever order', () => {
    fc.assert(
      fc.property(someFile, addedAndRemoved, (before, [added, removed]) => {
        fc.pre(added.every((name) => namedHelper(before, name) === 'none'));
        const file = new PlannedFile(before);
        for (const name of added) file.setUp(name);
        for (const name of removed) expect(file.undo(name)).toBe('exact');
        expect(file.text).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves the file at each step as if the undone host had never been set up', () => {
    fc.assert(
      fc.property(someFile, addedAndRemoved, (before, [added, [first = '']]) => {
        fc.pre(added.every((name) => namedHelper(before, name) === 'none'));
        const file = new PlannedFile(before);
        for (const name of added) file.setUp(name);
        file.undo(first);
        const others = added.filter((name) => name !== first);
        expect(file.text).toBe(others.reduce<string | null>((text, name) => addHelper(text, name), before));
      }),
    );
  });

  it('takes out the entry alone when somebody else has changed the file since', () => {
    const file = new PlannedFile('{"auths":{}}');
    file.setUp('a.example');
    file.text =
      '{"auths":{"c.example":{"auth":"bmV3"}},"credHelpers":{"a.example":"keyhold","b.example":"pass"}}';
    expect(file.undo('a.example')).toBe('entry');
    expect(file.text).toBe('{"auths":{"c.example":{"auth":"bmV3"}},"credHelpers":{"b.example":"pass"}}');
  });

  it('gives back what others changed between two set-ups', () => {
    const file = new PlannedFile('{"auths":{}}');
    file.setUp('a.example');
    file.text = '{"auths":{"c.example":{"auth":"bmV3"}},"credHelpers":{"a.example":"keyhold"}}';
    file.setUp('b.example');
    expect(file.undo('a.example')).toBe('entry');
    expect(file.undo('b.example')).toBe('exact');
    expect(file.text).toBe('{"auths":{"c.example":{"auth":"bmV3"}}}');
  });

  it('makes no file where it was removed meanwhile', () => {
    const file = new PlannedFile('{"auths":{}}');
    file.setUp('a.example');
    file.text = null;
    expect(file.undo('a.example')).toBe('entry');
    expect(file.text).toBeNull();
  });

  it('takes out an entry that was there before the set-up', () => {
    const file = new PlannedFile('{"auths":{},"credHelpers":{"a.example":"keyhold"}}');
    file.setUp('a.example');
    expect(file.undo('a.example')).toBe('entry');
    expect(file.text).toBe('{"auths":{}}');
  });
});
