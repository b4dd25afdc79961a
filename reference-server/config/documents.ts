import { readFileSync } from 'node:fs';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { codeOf } from '../error-code.ts';
import { ConfigError } from './config-error.ts';
import { inputSchema, parseInput } from './input.ts';
import type { Input } from './input.ts';
import { devFileSchema, nestedDevFile } from './keeper.ts';

/** What the config file says. @throws ConfigError */
export function readConfigFile(file: string): Input {
  return parseInput(inputSchema, readDocument(file, 'config file'), `config file ${file}:`);
}

/** What the dev file of the keeper says. @throws ConfigError */
export function readDevFile(file: string): z.output<typeof devFileSchema> {
  const content = nestedDevFile(readDocument(file, 'keeper dev config'));
  return parseInput(devFileSchema, content, `keeper dev config ${file}:`);
}

function readDocument(file: string, what: string): unknown {
  const text = readText(file, what);
  try {
    // An empty file is a file that sets nothing.
    return parseYaml(text, { logLevel: 'error' }) ?? {};
  } catch (error) {
    const [start] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
    const where = start === undefined ? '' : ` at line ${String(start.line)}, column ${String(start.col)}`;
    throw new ConfigError(`The ${what} ${file} is neither YAML nor JSON${where}. Correct it there.`);
  }
}

/** The text of a file. @param what - What the file is, for the words. @throws ConfigError */
export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`The ${what} ${file} cannot be read (${codeOf(error)}).`);
  }
}
