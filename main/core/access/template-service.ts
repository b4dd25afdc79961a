import type { AccessPlace, AccessPrincipalSummary } from '../../../contracts/ipc/access.ts';
import type { AccessTemplate } from '../../../contracts/ipc/access-templates.ts';
import {
  accessDefaultsPath,
  templatesPath,
  type ChangeTemplate,
  type CreateTemplate,
  type RepositoryAction,
  type SetDefaults,
  type TemplateLine,
} from '../../../contracts/server-api/index.ts';
import type { Answer, Failed } from '../service/client.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import {
  defaultsAnswer,
  templateListAnswer,
  templateSavedAnswer,
  type DefaultsAnswer,
  type TemplateAnswer,
} from '../service/dialects/access-templates.ts';
import { madeSurely, seenIn, sentAgain } from '../service/lost-answers.ts';
import { accessCodes, accessRoom, failureBecause } from './service-requests.ts';
import { toPrincipal } from './summaries.ts';

interface NewTemplate {
  name: string;
  lines: TemplateLine[];
  /** The one that it takes the place of, as it was at `changedAt`; null for a new one. */
  replaces: { id: string; changedAt: string } | null;
}

interface NewDefaults {
  replaces: string | null;
  grants: SetDefaults['grants'];
}

interface Defaults {
  grants: { principal: AccessPrincipalSummary; actions: RepositoryAction[] }[];
  changedAt: string | null;
  changedBy: string | null;
  mayChange: boolean;
}

const because = {
  name_taken: 'template_name_taken',
  changed_meanwhile: 'changed_by_others',
  principal_gone: 'nobody_found',
} as const;

/**
 * Named sets of grants, and what new repositories begin with. What a later version of the service has in one of them would
 * be lost where this one saves it: nobody may change these then.
 */
export class TemplateService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** By name. @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async list(place: AccessPlace): Promise<{ templates: AccessTemplate[]; mayChange: boolean }> {
    const { service } = this.#deps;
    const asked = { ...listOf(templatesPath, place), errorCodes: accessCodes };
    const answer = await service.ask(place.contextId, asked, templateListAnswer);
    service.seen.note(
      place.contextId,
      answer.templates.map(({ id, name }) => [id, name]),
    );
    const isKnown = answer.templates.every(({ lines }) => isAllOf(lines));
    return { templates: answer.templates.map(toTemplate), mayChange: answer.may_change && isKnown };
  }

  /**
   * Makes a template, or changes one.
   *
   * @returns Its id.
   * @throws KeyholdError `template_gone`, `template_name_taken`, `changed_by_others`, `maybe_done`, or as
   *   `ServiceCalls.ask`.
   */
  async save(place: AccessPlace, { name, lines, replaces }: NewTemplate): Promise<string> {
    const { contextId, organization } = place;
    const { service } = this.#deps;
    const request =
      replaces === null
        ? {
            ...{ method: 'POST' as const, path: templatesPath },
            body: { org: organization, name, lines } satisfies CreateTemplate,
          }
        : {
            ...{ method: 'PUT' as const, path: pathOf(replaces.id) },
            body: { replaces: replaces.changedAt, name, lines } satisfies ChangeTemplate,
          };
    const { id } = await madeSurely<{ id: string }>(
      () => service.attempt(contextId, { ...request, room: accessRoom }, templateSavedAnswer),
      async (why) => {
        const now = await service.attempt(contextId, listOf(templatesPath, place), templateListAnswer);
        return seenIn(now, why, ({ templates }) => {
          const isMeant = (each: TemplateAnswer): boolean => replaces === null || each.id === replaces.id;
          const saved = templates.find((each) => isMeant(each) && each.name === name && isSame(each, lines));
          return saved === undefined ? null : { id: saved.id };
        });
      },
      (why) => this.#failure(why, replaces === null ? {} : { not_found: 'template_gone' }),
    );
    noteDeed(this.#deps, 'access.template_saved', contextId, `${organization}: ${name}`);
    return id;
  }

  /** What was given by it stays. @throws KeyholdError `template_gone`, `maybe_done`, or as `ServiceCalls.ask`. */
  async remove({ contextId, organization }: AccessPlace, templateId: string): Promise<void> {
    const { service } = this.#deps;
    const request = { method: 'DELETE' as const, path: pathOf(templateId) };
    const send = (): Promise<Answer<true>> => service.attemptTell(contextId, request);
    await madeSurely<true>(
      send,
      () => sentAgain(send, (why) => (why.kind === 'refused' && why.code === 'not_found' ? true : null)),
      (why) => this.#failure(why, { not_found: 'template_gone' }),
    );
    const name = service.seen.nameOf(contextId, templateId);
    noteDeed(this.#deps, 'access.template_removed', contextId, `${organization}: ${name}`);
  }

  /** What is given on each new repository. @throws KeyholdError `repository_admin_needed`, or as `ServiceCalls.ask`. */
  async defaults(place: AccessPlace): Promise<Defaults> {
    const { service } = this.#deps;
    const asked = { ...listOf(accessDefaultsPath, place), errorCodes: accessCodes };
    const answer = await service.ask(place.contextId, asked, defaultsAnswer);
    const { changed_at: changedAt, changed_by: changedBy, may_change: mayChange } = answer;
    const grants = answer.grants.first.flatMap(({ principal, actions: { actions } }) => {
      const known = toPrincipal(principal);
      return known === null ? [] : [{ principal: known, actions }];
    });
    service.seen.note(
      place.contextId,
      grants.map(({ principal: { reference, name } }) => [reference, name]),
    );
    const isKnown = grants.length === answer.grants.first.length && isAllOf(answer.grants);
    return { grants, changedAt, changedBy, mayChange: mayChange && isKnown };
  }

  /**
   * In place of all that was.
   *
   * @throws KeyholdError `nobody_found`, `changed_by_others`, `maybe_done`, or as `ServiceCalls.ask`.
   */
  async saveDefaults(place: AccessPlace, { replaces, grants }: NewDefaults): Promise<void> {
    const { contextId, organization: org } = place;
    const { service } = this.#deps;
    const body: SetDefaults = { org, replaces, grants };
    const request = { method: 'PUT' as const, path: accessDefaultsPath, body, room: accessRoom };
    await madeSurely(
      () => service.attempt(contextId, request, defaultsAnswer),
      async (why) => {
        const now = await service.attempt(contextId, listOf(accessDefaultsPath, place), defaultsAnswer);
        return seenIn(now, why, (told) => (isSameDefaults(told, grants) ? told : null));
      },
      (why) => this.#failure(why, { not_found: 'nobody_found' }),
    );
    noteDeed(this.#deps, 'access.defaults_saved', contextId, `${org}: ${String(grants.length)}`);
  }

  #failure(why: Failed, errorCodes: Parameters<DeedDeps['service']['failure']>[1]) {
    return failureBecause(this.#deps.service, why, because, errorCodes);
  }
}

/** Whether this version knows all that stands in a list. */
function isAllOf({
  first,
  isAll,
}: {
  first: readonly { actions: { isAll: boolean } }[];
  isAll: boolean;
}): boolean {
  return isAll && first.every(({ actions }) => actions.isAll);
}

function listOf(path: string, { organization }: AccessPlace) {
  const query = new URLSearchParams({ org: organization });
  return { method: 'GET' as const, path: `${path}?${query.toString()}`, room: accessRoom };
}

function pathOf(templateId: string): string {
  return `${templatesPath}/${encodeURIComponent(templateId)}`;
}

function toTemplate({ lines, changed_at: changedAt, changed_by: changedBy, ...rest }: TemplateAnswer) {
  const { id, name } = rest;
  const told = lines.first.map(({ actions, ...line }) => ({ ...line, actions: actions.actions }));
  return { id, name, lines: told, changedAt, changedBy };
}

/** Whether a template has the same lines, in whichever order. */
function isSame({ lines }: TemplateAnswer, other: readonly TemplateLine[]): boolean {
  const words = ({ repositories, actions, days }: TemplateLine): string =>
    [repositories, actions.toSorted(), days].join(' ');
  const told = lines.first.map(({ actions, ...line }) => words({ ...line, actions: actions.actions }));
  return areSame(told, other.map(words));
}

function isSameDefaults({ grants }: DefaultsAnswer, other: SetDefaults['grants']): boolean {
  const words = ({ principal, actions }: SetDefaults['grants'][number]): string =>
    [principal, actions.toSorted()].join(' ');
  const told = grants.first.map(({ principal, actions }) =>
    words({ principal: principal.reference, actions: actions.actions }),
  );
  return areSame(told, other.map(words));
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join('\n') === other.toSorted().join('\n');
}
