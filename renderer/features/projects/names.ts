import type { NameRule } from '../../../contracts/domain/project-names.ts';

/** A rule in a sentence. */
export function ruleWords({ words }: NameRule): string {
  return `Use ${words}.`;
}

/** A check of a name for a form: what is wrong with it, in words. */
export function nameCheck(rule: NameRule): (name: string) => string | null {
  return (name) =>
    name.trim() === '' ? 'Enter a name.' : rule.pattern.test(name.trim()) ? null : ruleWords(rule);
}
