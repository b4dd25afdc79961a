import type {
  ApprovalQuestion,
  ApprovalRule,
  Caller,
  Remember,
  Verdict,
} from '../../../contracts/domain/approval.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Cancel, Listener } from '../ports.ts';
import { Listeners } from '../vault/listeners.ts';
import { RuleBook, type RuleBookDeps } from './rule-book.ts';

/** `timed_out`: nobody answered. `locked`: the vault was locked meanwhile. `given_up`: the program went away. */
export type Decision = 'allowed' | 'denied' | 'timed_out' | 'locked' | 'given_up';

export interface ApprovalRequest {
  context: StoredContext;
  caller: Caller | null;
  purpose: ApprovalQuestion['purpose'];
  /** Gives what is aborted when the program no longer waits; called when the person is asked. */
  gone?: () => AbortSignal;
}

interface ApprovalServiceDeps extends RuleBookDeps {
  contexts: Pick<ContextService, 'list'>;
  activity: Pick<ActivityLog, 'append'>;
  /** Whether uses without a rule are asked about. */
  asks: () => boolean;
}

interface Question {
  key: string;
  request: ApprovalRequest;
  endsAt: string;
  waiting: Set<(decision: Decision) => void>;
  stopClock: Cancel;
}

/**
 * Decides whether a program may use a context: by a rule, or by asking the person. Requests of one program for one
 * context are one question. A rule that denies holds even while nothing is asked.
 */
export class ApprovalService {
  readonly #deps: ApprovalServiceDeps;
  readonly #rules: RuleBook;
  readonly #questions = new Map<string, Question>();
  readonly #asked: Listeners<undefined>;
  readonly #ruled: Listeners<undefined>;

  constructor(deps: ApprovalServiceDeps) {
    this.#deps = deps;
    this.#rules = new RuleBook(deps);
    this.#asked = new Listeners(deps.logger);
    this.#ruled = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) return;
      this.#rules.forget();
      for (const id of [...this.#questions.keys()]) this.#settle(id, 'locked');
    });
  }

  /** Settles within the time that a question waits. @throws KeyholdError `vault_locked` */
  async decide(request: ApprovalRequest): Promise<Decision> {
    if (!this.#deps.vault.isUnlocked) throw new KeyholdError('vault_locked');
    const { caller, context } = request;
    const verdict = caller === null ? null : this.#rules.verdictOn(caller.path, context.id);
    if (verdict !== null) return verdict === 'allow' ? 'allowed' : 'denied';
    return this.#deps.asks() ? await this.#ask(request) : 'allowed';
  }

  /** The question that waits longest, and how many wait beside it. */
  current(): { question: ApprovalQuestion | null; more: number } {
    const [first] = this.#questions;
    if (first === undefined) return { question: null, more: 0 };
    const [id, { request, endsAt, waiting }] = first;
    const { name, userId, host } = request.context;
    return {
      question: {
        ...{ id, contextName: name, userId, host, purpose: request.purpose, caller: request.caller },
        ...{ requests: waiting.size, endsAt },
      },
      more: this.#questions.size - 1,
    };
  }

  /**
   * The person's answer. Nothing is remembered of a program that is not known. Does nothing for a question that is
   * over.
   *
   * @throws KeyholdError `vault_locked`, `storage_failed`
   */
  answer(id: string, verdict: Verdict, remember: Remember): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    const { caller, context } = question.request;
    if (caller !== null && remember !== 'once') {
      this.#rules.add(caller, context.id, verdict, remember);
      this.#ruled.tell(undefined);
    }
    this.#deps.activity.append({
      kind: verdict === 'allow' ? 'approval.allowed' : 'approval.denied',
      contextName: context.name,
      detail: `${callerWords(caller)}, ${rememberWords[remember]}`,
    });
    this.#settle(id, verdict === 'allow' ? 'allowed' : 'denied');
  }

  /** The remembered answers, newest first. @throws KeyholdError `vault_locked` */
  rules(): ApprovalRule[] {
    const names = new Map(this.#deps.contexts.list().map(({ id, name }) => [id, name]));
    return this.#rules.list().flatMap((rule) => {
      const contextName = names.get(rule.contextId);
      return contextName === undefined ? [] : [{ ...rule, contextName }];
    });
  }

  /** Does nothing for a rule that is gone. @throws KeyholdError `vault_locked`, `storage_failed` */
  removeRule(id: string): void {
    const name = this.rules().find((rule) => rule.id === id)?.contextName ?? null;
    const rule = this.#rules.remove(id);
    if (rule === null) return;
    const detail = `${rule.program}, ${rule.verdict === 'allow' ? 'allowed' : 'denied'}`;
    this.#deps.activity.append({ kind: 'approval.rule_removed', contextName: name, detail });
    this.#ruled.tell(undefined);
  }

  /** Tells when `current` answers something else. */
  onQuestions(listener: Listener): Cancel {
    return this.#asked.add(listener);
  }

  /** Tells when a rule was made or removed. */
  onRules(listener: Listener): Cancel {
    return this.#ruled.add(listener);
  }

  #ask(request: ApprovalRequest): Promise<Decision> {
    const gone = request.gone?.();
    if (gone?.aborted === true) return Promise.resolve('given_up');
    const [id, question] = this.#questionOf(request);
    return new Promise((resolve) => {
      question.waiting.add(resolve);
      gone?.addEventListener('abort', () => {
        if (!question.waiting.delete(resolve)) return;
        resolve('given_up');
        if (question.waiting.size === 0) this.#settle(id, 'given_up');
        else this.#asked.tell(undefined);
      });
      this.#asked.tell(undefined);
    });
  }

  #questionOf(request: ApprovalRequest): [string, Question] {
    const key = JSON.stringify([request.caller?.path ?? null, request.context.id, request.purpose]);
    const open = [...this.#questions].find(([, question]) => question.key === key);
    if (open !== undefined) return open;
    const { clock, random, activity } = this.#deps;
    const id = random.uuid();
    const waitMs = limits.approvalWait * 1000;
    const stopClock = clock.after(waitMs, () => {
      const detail = `${callerWords(request.caller)}, nobody answered`;
      activity.append({ kind: 'approval.denied', contextName: request.context.name, detail });
      this.#settle(id, 'timed_out');
    });
    const endsAt = new Date(clock.now().getTime() + waitMs).toISOString();
    const question: Question = { key, request, endsAt, waiting: new Set(), stopClock };
    this.#questions.set(id, question);
    return [id, question];
  }

  #settle(id: string, decision: Decision): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    question.stopClock();
    for (const resolve of question.waiting) resolve(decision);
    question.waiting.clear();
    this.#asked.tell(undefined);
  }
}

const rememberWords: Readonly<Record<Remember, string>> = {
  once: 'once',
  '20m': 'for 20 minutes',
  '1h': 'for 1 hour',
  lock: 'until locked',
  always: 'always',
};

function callerWords(caller: Caller | null): string {
  return caller?.program ?? 'an unknown program';
}
