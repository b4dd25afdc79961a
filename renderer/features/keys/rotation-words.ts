import type { Rotation, RotationProblem, RotationStep } from '../../../contracts/domain/rotation.ts';

/** The steps in their order; each is done once a later one is reached. */
export const rotationSteps: readonly { step: Exclude<RotationStep, 'done'> | 'make'; words: string }[] = [
  { step: 'make', words: 'Make a new key' },
  { step: 'register', words: 'Register it with the service' },
  { step: 'verify', words: 'Sign in with it' },
  { step: 'retire', words: 'Revoke the old key' },
];

const failed: Readonly<Record<Exclude<RotationProblem, 'stopped'>, string>> = {
  server_unreachable: 'The service cannot be reached.',
  not_a_keyhold_server: 'Something else than the service answered.',
  old_key_refused:
    'The service does not accept the old key any more, so that it cannot vouch for the new one. Register the new key by pasting its token.',
  refused: 'The service refused.',
  not_accepted: 'The service does not accept the new key.',
};

function signingWords({ step, problem }: Rotation): string {
  if (step === 'retire') return 'The new key signs already; the old one is still valid at the service.';
  return problem === 'old_key_refused' ? '' : 'The key you had goes on signing.';
}

/** Why a rotation stands still, and which key signs meanwhile. */
export function problemWords(rotation: Rotation): { title: string; text: string } {
  const { problem, step } = rotation;
  const signing = signingWords(rotation);
  if (problem === null || problem === 'stopped')
    return { title: 'The rotation is not finished', text: signing };
  const place = rotationSteps.findIndex((entry) => entry.step === step) + 1;
  return {
    title: `The rotation stands at step ${String(place)}`,
    text: `${failed[problem]} ${signing}`.trim(),
  };
}
