import { afterAll, describe, expect, it } from 'vitest';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import { secret } from '../../../../support/key-texts.ts';
import { refusedTexts } from '../../../../support/refused-texts.ts';
import { KeyMaker } from '../../../../support/ssh-keys.ts';
import { onlyKey } from './only-key.ts';

const maker = new KeyMaker();
afterAll(() => {
  maker.remove();
});

describe('what is no Ed25519 private key that can be read', () => {
  it.each(refusedTexts(maker))('$name is refused as $code, $found', async ({ bytes, code, found }) => {
    const error = await onlyKey(bytes, Buffer.from(secret)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KeyholdError);
    expect(error).toMatchObject({ code });
    expect((error as KeyholdError).details?.found).toBe(found);
  });
});
