import type {
  ApprovalQuestion,
  Caller,
  UseQuestion,
  Verdict,
  Weakening,
} from '../../../contracts/domain/approval.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type { StoredContext } from '../contexts/context-service.ts';
import type { Cancel, Clock, Listener, Logger, Random } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';
import { Refusals } from '../lib/refusals.ts';

/**
 * `paused`: denied so often that nobody is asked for a while. `timed_out`: nobody answered. `locked`: the vault was
 * locked meanwhile. `given_up`: the program went away, or the context did.
 */
export type Decision = 'allowed' | 'denied' | 'paused' | 'timed_out' | 'locked' | 'given_up';

export interface UseRequest {
  context: StoredContext;
  caller: Caller | null;
  purpose: UseQuestion['purpose'];
  /** Of the token, seconds; null for a credential. */
  life: number | null;
}

/** What a question is about. */
export type Subject =
  | { readonly about: 'use'; readonly request: UseRequest }
  | { readonly about: 'change'; readonly change: Weakening };

interface Question {
  key: string;
  subject: Subject;
  endsAt: string;
  waiting: Set<(decision: Decision) => void>;
  stopClock: Cancel;
}

interface OpenQuestionsDeps {
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Called when nobody answered in time, before that settles. */
  onTimeOut: (subject: Subject) => void;
}

/** The questions that wait for a person. Those about the same thing are one. */
export class OpenQuestions {
  readonly #deps: OpenQuestionsDeps;
  readonly #questions = new Map<string, Question>();
  /** By whoever asks. */
  readonly #refusals = new Map<string, Refusals>();
  readonly #changed: Listeners;

  constructor(deps: OpenQuestionsDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
  }

  /** The question that waits longest, and how many wait beside it. */
  current(): { question: ApprovalQuestion | null; more: number } {
    const [first] = this.#questions;
    if (first === undefined) return { question: null, more: 0 };
    return { question: describe(...first), more: this.#questions.size - 1 };
  }

  /** Null for a question that is over. */
  subject(id: string): Subject | null {
    return this.#questions.get(id)?.subject ?? null;
  }

  /**
   * Settles with the answer, or within the time that a question waits.
   *
   * @param gone - Aborted when whoever asked no longer waits.
   */
  ask(subject: Subject, gone?: AbortSignal): Promise<Decision> {
    if (gone?.aborted === true) return Promise.resolve('given_up');
    const pauseMs = this.#refusals.get(askerOf(subject))?.pauseMs() ?? 0;
    if (pauseMs > 0) return Promise.resolve('paused');
    const [id, question] = this.#questionOf(subject);
    return new Promise((resolve) => {
      question.waiting.add(resolve);
      gone?.addEventListener('abort', () => {
        if (!question.waiting.delete(resolve)) return;
        resolve('given_up');
        if (question.waiting.size === 0) this.settle(id, 'given_up');
        else this.#changed.tell();
      });
      this.#changed.tell();
    });
  }

  /** Does nothing for a question that is over. */
  settle(id: string, decision: Decision): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    question.stopClock();
    for (const resolve of question.waiting) resolve(decision);
    question.waiting.clear();
    this.#changed.tell();
  }

  /**
   * The person's answer. A no is one to all that wait of the same asker: each life of a token is a question of its own,
   * and there are many lives.
   */
  answer(id: string, verdict: Verdict): void {
    const subject = this.subject(id);
    if (subject === null) return;
    const asker = askerOf(subject);
    if (verdict === 'allow') {
      this.#refusals.delete(asker);
      this.settle(id, 'allowed');
      return;
    }
    const refusals = this.#refusals.get(asker) ?? new Refusals(this.#deps.clock);
    this.#refusals.set(asker, refusals);
    refusals.note();
    for (const [other, question] of [...this.#questions]) {
      if (askerOf(question.subject) === asker) this.settle(other, 'denied');
    }
  }

  /** Contexts were removed: there is nothing left to use. */
  giveUp(isGone: (contextId: string) => boolean): void {
    for (const [id, { subject }] of [...this.#questions]) {
      if (subject.about === 'use' && isGone(subject.request.context.id)) this.settle(id, 'given_up');
    }
  }

  /** The vault was locked. */
  forget(): void {
    this.#refusals.clear();
    for (const id of [...this.#questions.keys()]) this.settle(id, 'locked');
  }

  /** Tells when `current` answers something else. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  #questionOf(subject: Subject): [string, Question] {
    const key = keyOf(subject);
    const open = [...this.#questions].find(([, question]) => question.key === key);
    if (open !== undefined) return open;
    const { clock, random, onTimeOut } = this.#deps;
    const id = random.uuid();
    const waitMs = limits.approvalWait * 1000;
    const stopClock = clock.after(waitMs, () => {
      onTimeOut(subject);
      this.settle(id, 'timed_out');
    });
    const endsAt = new Date(clock.now().getTime() + waitMs).toISOString();
    const question: Question = { key, subject, endsAt, waiting: new Set(), stopClock };
    this.#questions.set(id, question);
    return [id, question];
  }
}

/**
 * Equal for questions of one program, the tray or the window about the same context: they wear a person down together.
 */
function askerOf(subject: Subject): string {
  if (subject.about === 'change') return JSON.stringify([subject.change.kind]);
  const { caller, context, purpose } = subject.request;
  return JSON.stringify([caller?.path ?? null, context.id, purpose === 'tray_copy']);
}

/** Equal for requests that one answer is given to: whoever allows a short life has not allowed a long one. */
function keyOf(subject: Subject): string {
  if (subject.about === 'change') return JSON.stringify([subject.change]);
  const { caller, context, purpose, life } = subject.request;
  return JSON.stringify([caller?.path ?? null, context.id, purpose, life]);
}

function describe(id: string, { subject, endsAt, waiting }: Question): ApprovalQuestion {
  if (subject.about === 'change') return { about: 'change', id, change: subject.change, endsAt };
  const { context, purpose, life, caller } = subject.request;
  const { name, userId, host } = context;
  return {
    about: 'use',
    id,
    contextName: name,
    userId,
    host,
    purpose,
    life,
    caller,
    requests: waiting.size,
    endsAt,
  };
}
