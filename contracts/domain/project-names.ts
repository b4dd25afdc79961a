/** What a name has to be. */
export interface NameRule {
  pattern: RegExp;
  /** The pattern in words, to go on a sentence with. */
  words: string;
  /** Longest name, in characters. */
  max: number;
}

/** Of a project, unique in its organization. */
export const projectNameRule: NameRule = {
  pattern: /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
  words: 'lower-case letters and digits, with single . _ - between them',
  max: 64,
};

/** Of a branch, unique in its project. */
export const branchNameRule: NameRule = {
  pattern: /^[a-zA-Z0-9]+(?:[._/-][a-zA-Z0-9]+)*$/,
  words: 'letters and digits, with single . _ - / between them',
  max: 100,
};
