import type { GrantFileProblem } from '../../../../contracts/ipc/access-files.ts';

const words: Readonly<Record<GrantFileProblem['code'], string>> = {
  unreadable: 'It has not the form of a grant',
  other_organization: 'It is of another organization',
  nobody: 'There is nobody of that name, or more than one',
  no_repository: 'There is no such repository that you administer',
  unknown_action: 'It names what is no action',
  end_passed: 'Its end has passed',
  named_twice: 'The file names it twice',
};

/** Why an entry of a file cannot be used. */
export function problemWords({ code, text }: GrantFileProblem): string {
  return text === '' ? `${words[code]}.` : `${words[code]}:`;
}
