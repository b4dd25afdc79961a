import { holdRules } from '../../contracts/permissions/decision.ts';

/** Somebody, and the rules that they hold. */
export interface Subject {
  name: string;
  rules: readonly string[];
}

/** Whether a subject may do what a permission is for. */
export interface Question {
  subject: string;
  permission: string;
}

/** Answers questions; what it takes before the first one is not measured. */
export type Engine = (question: Question) => boolean;

const actions = ['sign', 'verify', 'public', 'encrypt', 'decrypt'];

/** People of teams that have keys of their own: exact ones, all of a kind, and of these some that are denied. */
export function makeSubjects(count: number, rulesEach: number): Subject[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `user-${at}`,
    rules: Array.from({ length: rulesEach }, (_rule, of) => ruleOf(at, of)),
  }));
}

function ruleOf(subject: number, of: number): string {
  const team = `team-${subject}-${Math.floor(of / 10)}`;
  const kinds = [
    `tkeeper.key.${team}-*.sign`,
    `-tkeeper.key.${team}-master-*.sign`,
    `tkeeper.key.${team}-*-prod.decrypt`,
    `tkeeper.key.*-${team}.public`,
    `tkeeper.key.shared-${team}.*`,
    `-tkeeper.key.shared-${team}.destroy`,
    `tkeeper.key.${team}-archive.verify`,
    `tkeeper.key.${team}:*.encrypt`,
    `tkeeper.key.${team}-hot.public`,
    of < 10 ? 'tkeeper.compliance.inventory' : `tkeeper.key.${team}-cold.public`,
  ];
  return kinds[of % kinds.length] ?? '';
}

/** Questions that some half of them may, in an order that meets all subjects and rules. */
export function makeQuestions(subjects: readonly Subject[], count: number): Question[] {
  return Array.from({ length: count }, (_, at) => {
    // Steps that share no factor with the counts.
    const who = (at * 7919) % subjects.length;
    const { name, rules } = subjects[who] ?? { name: '', rules: [] };
    const team = `team-${who}-${(((at * 31) % Math.max(10, rules.length)) / 10) | 0}`;
    const keys = ['hot', 'master-root', 'archive', 'eu-prod', 'cold'].map((key) => `${team}-${key}`);
    const ids = [...keys, `shared-${team}`, `eu-${team}`, `${team}:a`, 'nobody-knows'];
    const action = actions[at % actions.length] ?? '';
    const permission =
      at % 11 === 0 ? 'tkeeper.compliance.inventory' : `tkeeper.key.${ids[at % ids.length] ?? ''}.${action}`;
    return { subject: name, permission };
  });
}

/** What the app and the server decide by: each subject's rules held once, as with their token. */
export function keyhold(subjects: readonly Subject[]): Engine {
  const held = new Map(subjects.map(({ name, rules }) => [name, holdRules(rules)]));
  return ({ subject, permission }) => held.get(subject)?.decide(permission).allowed ?? false;
}
