/** The options that take no value. */
const switches = ['--json', '--header', '--terminal', '--docker-auth-config'] as const;

type Option =
  | '--context'
  | '--ttl'
  | '--limit'
  // The script's own, for the Doctor: how the terminal is that it runs in.
  | '--helper'
  | '--registry-auth-file'
  | '--docker-config'
  | (typeof switches)[number];

export interface CommandWords {
  /** What is no option, in order. */
  names: string[];
  /** `''` for a switch. */
  options: Map<Option, string>;
}

/**
 * Takes the words of a command line apart: `--ttl 1h` and `--ttl=1h` mean the same; what comes after `--` is no option.
 *
 * @param words - Those behind `keyhold`.
 * @returns what is wrong, as a line for people, when an option is unknown, has no value or is not of this command
 */
export function parseWords(words: readonly string[], allowed: readonly Option[]): CommandWords | string {
  const parsed: CommandWords = { names: [], options: new Map() };
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      parsed.names.push(...left);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      parsed.names.push(word);
      continue;
    }
    const [name = '', ...rest] = word.split('=');
    const option = allowed.find((known) => known === name);
    if (option === undefined) return `keyhold does not know the option ${name} here.`;
    if (switches.some((known) => known === option)) {
      if (rest.length > 0) return `The option ${name} takes no value.`;
      parsed.options.set(option, '');
      continue;
    }
    const value = rest.length > 0 ? rest.join('=') : left.shift();
    if (value === undefined || value === '') return `The option ${name} needs a value.`;
    parsed.options.set(option, value);
  }
  return parsed;
}
