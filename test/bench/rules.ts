import { toFigure, type Bench, type Figure } from './figure.ts';
import { interleavedMedians } from './rounds.ts';
import { casbin, cedarWasm } from './rules-peers.ts';
import {
  keyhold,
  makeQuestions,
  makeSubjects,
  type Engine,
  type Question,
  type Subject,
} from './rules-policy.ts';

const id = 'rules';
const rounds = { warmUp: 2, counted: 9 };
const subjectCount = 1000;
const rulesEach = 10;

/** Decisions of the permission language, against casbin and Cedar on the same policy, and by how many rules there are. */
export const benchRules: Bench = async (say) => {
  const subjects = makeSubjects(subjectCount, rulesEach);
  const questions = makeQuestions(subjects, 10_000);
  const whole = {
    keyhold: keyhold(subjects),
    casbin: await casbin(subjects),
    cedar: cedarWasm(subjects),
  };
  checkAgreement(whole, questions.slice(0, 300));
  const alone = await eachAlone(subjects.slice(0, 50));
  const ownQuestions = makeQuestions(subjects.slice(0, 50), 10_000);
  checkAgreement(alone, ownQuestions.slice(0, 1000));
  say('all three give the same answers');
  return [
    ...againstPeers(
      'decisions, 10,000 rules of 1,000 subjects',
      await perSecond(whole, questions, { keyhold: 100_000, casbin: 20, cedar: 60 }),
      true,
    ),
    ...againstPeers(
      'decisions, each subject’s 10 rules alone',
      await perSecond(alone, ownQuestions, { keyhold: 100_000, casbin: 2000, cedar: 2000 }),
      false,
    ),
    await growth('a decision, one subject’s 10,000 rules', '1,000 rules', [1, 10_000], [1, 1000]),
    await growth('a decision, 100,000 rules of 1,000 subjects', '10,000 rules', [1000, 100], [1000, 10]),
  ];
};

type Engines = Record<'keyhold' | 'casbin' | 'cedar', Engine>;

/** Each subject's rules in an engine of their own: what remains when the peers need not look for whose rules they are. */
async function eachAlone(subjects: readonly Subject[]): Promise<Engines> {
  const casbins = new Map<string, Engine>();
  const cedars = new Map<string, Engine>();
  for (const subject of subjects) {
    casbins.set(subject.name, await casbin([subject]));
    cedars.set(subject.name, cedarWasm([subject]));
  }
  return {
    keyhold: keyhold(subjects),
    casbin: (question) => casbins.get(question.subject)?.(question) ?? false,
    cedar: (question) => cedars.get(question.subject)?.(question) ?? false,
  };
}

/** @throws Error when one of them answers otherwise, or all questions have the same answer */
function checkAgreement(engines: Engines, questions: readonly Question[]): void {
  const seen = new Set<boolean>();
  for (const question of questions) {
    const own = engines.keyhold(question);
    seen.add(own);
    const others = [engines.casbin(question), engines.cedar(question)];
    if (others.some((answer) => answer !== own))
      throw new Error(`Not all answer alike: ${question.subject}, ${question.permission}.`);
  }
  if (seen.size < 2) throw new Error('All questions have the same answer.');
}

/** Decisions that each makes in a second, taken in turn. */
function perSecond(
  engines: Engines,
  questions: readonly Question[],
  counts: Record<keyof Engines, number>,
): Promise<Record<keyof Engines, number>> {
  const measure = (name: keyof Engines) => () =>
    (counts[name] * 1000) / timeOf(engines[name], questions, counts[name]);
  return interleavedMedians(
    { keyhold: measure('keyhold'), casbin: measure('casbin'), cedar: measure('cedar') },
    rounds,
  );
}

/** Milliseconds for so many questions. */
function timeOf(engine: Engine, questions: readonly Question[], count: number): number {
  let allowed = 0;
  const begin = performance.now();
  for (let at = 0; at < count; at++) {
    const question = questions[at % questions.length];
    if (question !== undefined && engine(question)) allowed += 1;
  }
  const time = performance.now() - begin;
  if (allowed === 0) throw new Error('Nothing was allowed.');
  return time;
}

function againstPeers(figure: string, values: Record<keyof Engines, number>, hasGoal: boolean): Figure[] {
  const peers = [
    { name: 'casbin', value: values.casbin, atLeast: 20 },
    { name: '@cedar-policy/cedar-wasm', value: values.cedar, atLeast: 5 },
  ];
  return peers.map(({ name, value, atLeast }) =>
    toFigure({
      ...{ id, figure, unit: '/s', value: values.keyhold, peer: { name, value } },
      ...(hasGoal ? { goal: { of: 'ratio', atLeast } as const } : {}),
    }),
  );
}

type Size = readonly [subjects: number, rulesEach: number];

/** What ten times the rules cost in one decision; in microseconds. */
async function growth(figure: string, peer: string, many: Size, few: Size): Promise<Figure> {
  const cost = (size: Size): (() => number) => {
    const subjects = makeSubjects(...size);
    const engine = keyhold(subjects);
    const questions = makeQuestions(subjects, 10_000);
    const count = 100_000;
    return () => (timeOf(engine, questions, count) * 1000) / count;
  };
  const values = await interleavedMedians({ many: cost(many), few: cost(few) }, rounds);
  return toFigure({
    ...{ id, figure, unit: 'µs', value: values.many, peer: { name: peer, value: values.few } },
    goal: { of: 'ratio', atMost: 10 },
  });
}
