import { parseArgs } from 'node:util';

/** Every option, and whether a value belongs to it. */
const kinds = {
  '--context': 'string',
  '--ttl': 'string',
  '--limit': 'string',
  // The script's own, for the Doctor: how the terminal is that it runs in.
  '--helper': 'string',
  '--registry-auth-file': 'string',
  '--docker-config': 'string',
  '--terminal': 'boolean',
  '--docker-auth-config': 'boolean',
  '--json': 'boolean',
  '--header': 'boolean',
} as const;

type Option = keyof typeof kinds;

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
  const options = Object.fromEntries(allowed.map((option) => [option.slice(2), { type: kinds[option] }]));
  // Not strict: our own lines say what is wrong.
  const { tokens } = parseArgs({ args: [...words], options, strict: false, tokens: true });
  const parsed: CommandWords = { names: [], options: new Map() };
  for (const token of tokens) {
    if (token.kind === 'positional') parsed.names.push(token.value);
    if (token.kind !== 'option') continue;
    const [name = ''] = words[token.index]?.split('=') ?? [];
    const option = allowed.find((known) => known === name);
    if (option === undefined) return `keyhold does not know the option ${name} here.`;
    const { value = '', inlineValue } = token;
    if (kinds[option] === 'boolean' && inlineValue) return `The option ${name} takes no value.`;
    if (kinds[option] === 'string' && value === '') return `The option ${name} needs a value.`;
    parsed.options.set(option, value);
  }
  return parsed;
}
