import type {
  ApprovalQuestion,
  ApprovalRule,
  Remember,
  Verdict,
} from '../../../contracts/domain/approval.ts';
import type { Weakening } from '../../../contracts/domain/approval.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService } from '../contexts/context-service.ts';
import type { Cancel, Listener } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';
import { OpenQuestions, type Decision, type Subject, type UseRequest } from './open-questions.ts';
import { RuleBook, type RuleBookDeps } from './rule-book.ts';

export type { Decision };

interface ApprovalRequest extends UseRequest {
  /** Gives what is aborted when the program no longer waits; called when the person is asked. */
  gone?: () => AbortSignal;
}

interface ApprovalServiceDeps extends RuleBookDeps {
  contexts: Pick<ContextService, 'list' | 'stateOf' | 'onChange'>;
  activity: Pick<ActivityLog, 'append'>;
  /** Whether uses without a rule are asked about. */
  asks: () => boolean;
}

/**
 * Decides whether a program may use a context, and whether the window may weaken that: by a rule, or by asking the
 * person. A rule that denies holds even while nothing is asked.
 */
export class ApprovalService {
  readonly #deps: ApprovalServiceDeps;
  readonly #rules: RuleBook;
  readonly #questions: OpenQuestions;
  readonly #ruled: Listeners;

  constructor(deps: ApprovalServiceDeps) {
    this.#deps = deps;
    this.#rules = new RuleBook(deps);
    this.#questions = new OpenQuestions({
      ...deps,
      onTimeOut: (subject) => this.#log('deny', subject, 'nobody answered'),
    });
    this.#ruled = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) return;
      this.#rules.forget();
      this.#questions.forget();
    });
    deps.contexts.onChange(() => this.#forgetGone());
  }

  /** Settles within the time that a question waits. @throws KeyholdError `vault_locked` */
  async decide({ gone, ...request }: ApprovalRequest): Promise<Decision> {
    this.#deps.vault.requireUnlocked();
    const { caller, context } = request;
    const verdict = caller === null ? null : this.#rules.verdictOn(caller.path, context.id);
    if (verdict !== null) return verdict === 'allow' ? 'allowed' : 'denied';
    if (!this.#deps.asks()) return 'allowed';
    return await this.#questions.ask({ about: 'use', request }, gone?.());
  }

  /** The question that waits longest, and how many wait beside it. */
  current(): { question: ApprovalQuestion | null; more: number } {
    return this.#questions.current();
  }

  /**
   * The person's answer. Nothing is remembered of a program that is not known. Does nothing for a question that is
   * over.
   *
   * @throws KeyholdError `vault_locked`, `storage_failed`
   */
  answer(id: string, verdict: Verdict, remember: Remember): void {
    const subject = this.#questions.subject(id);
    if (subject === null) return;
    if (subject.about === 'use') {
      const { caller, context } = subject.request;
      const holds = caller === null ? 'once' : remember;
      if (caller !== null && holds !== 'once') {
        this.#rules.add(caller, context.id, verdict, holds);
        this.#ruled.tell();
      }
      this.#log(verdict, subject, rememberWords[holds]);
    } else {
      this.#log(verdict, subject, null);
    }
    this.#questions.answer(id, verdict);
  }

  /**
   * Asks the person whether the window may do what weakens approvals.
   *
   * @throws KeyholdError `not_confirmed` without a yes; `vault_locked`, also when it is locked meanwhile
   */
  async confirm(change: Weakening): Promise<void> {
    this.#deps.vault.requireUnlocked();
    const decision = await this.#questions.ask({ about: 'change', change });
    if (decision === 'locked') throw new KeyholdError('vault_locked');
    if (decision !== 'allowed') throw new KeyholdError('not_confirmed');
  }

  /** The remembered answers, newest first. @throws KeyholdError `vault_locked` */
  rules(): ApprovalRule[] {
    const names = new Map(this.#deps.contexts.list().map(({ id, name }) => [id, name]));
    return this.#rules.list().flatMap((rule) => {
      const contextName = names.get(rule.contextId);
      return contextName === undefined ? [] : [{ ...rule, contextName }];
    });
  }

  /**
   * Forgets a rule; does nothing for one that is gone. Where it denied and nothing is asked, the program could use the
   * context from then on: the person is asked first.
   *
   * @throws KeyholdError `vault_locked`, `storage_failed`, `not_confirmed`
   */
  async removeRule(id: string): Promise<void> {
    const known = this.rules().find((rule) => rule.id === id);
    if (known?.verdict === 'deny' && !this.#deps.asks()) {
      const { program, contextName } = known;
      await this.confirm({ kind: 'forget_denial', program, contextName });
    }
    const rule = this.#rules.remove(id);
    if (rule === null) return;
    const detail = `${rule.program}, ${rule.verdict === 'allow' ? 'allowed' : 'denied'}`;
    this.#deps.activity.append({
      kind: 'approval.rule_removed',
      contextName: known?.contextName ?? null,
      detail,
    });
    this.#ruled.tell();
  }

  /** Tells when `current` answers something else. */
  onQuestions(listener: Listener): Cancel {
    return this.#questions.onChange(listener);
  }

  /** Tells when a rule was made or removed. */
  onRules(listener: Listener): Cancel {
    return this.#ruled.add(listener);
  }

  /** What was said or asked about contexts that were removed: one that comes back from a backup has the same id. */
  #forgetGone(): void {
    const { vault, contexts } = this.#deps;
    if (!vault.isUnlocked) return;
    const isGone = (contextId: string): boolean => contexts.stateOf(contextId) === null;
    this.#rules.forgetGone(isGone);
    this.#questions.giveUp(isGone);
  }

  #log(verdict: Verdict, subject: Subject, more: string | null): void {
    this.#deps.activity.append({
      kind: verdict === 'allow' ? 'approval.allowed' : 'approval.denied',
      contextName: contextNameOf(subject),
      detail: [subjectWords(subject), more].filter(Boolean).join(', '),
    });
  }
}

const rememberWords: Readonly<Record<Remember, string>> = {
  once: 'once',
  '20m': 'for 20 minutes',
  '1h': 'for 1 hour',
  lock: 'until locked',
  always: 'always',
};

function contextNameOf(subject: Subject): string | null {
  if (subject.about === 'use') return subject.request.context.name;
  return subject.change.kind === 'forget_denial' ? subject.change.contextName : null;
}

/** Who asked, or what for, in the activity log. */
function subjectWords(subject: Subject): string {
  if (subject.about === 'change') {
    const { change } = subject;
    return change.kind === 'stop_asking' ? 'turn asking off' : `forget that ${change.program} was denied`;
  }
  const { purpose, caller } = subject.request;
  if (purpose === 'tray_copy') return 'the tray’s menu or a program on the desktop’s bus';
  return caller?.program ?? 'an unknown program';
}
