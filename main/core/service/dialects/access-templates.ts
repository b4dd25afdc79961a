import { z } from 'zod';
import {
  accessDefaultsSchema,
  templateListSchema,
  templateSchema,
  templatesMax,
} from '../../../../contracts/server-api/index.ts';
import { actionsAnswer, idAnswer, openName, principalAnswer, wordsAnswer } from './access.ts';

/* Templates and default grants, as clients read them: see `access.ts`. */

/** Actions that this version knows, and whether these are all. */
const allActions = z.array(openName).transform((names) => {
  const actions = actionsAnswer.parse(names);
  return { actions, isAll: new Set(names).size === actions.length };
});

const templateAnswer = templateSchema.extend({
  ...{ id: idAnswer, name: wordsAnswer(64) },
  lines: z.array(
    templateSchema.shape.lines.element.extend({
      repositories: wordsAnswer(256),
      actions: allActions,
      days: z.int().nullable(),
    }),
  ),
});
export type TemplateAnswer = z.output<typeof templateAnswer>;

/** A template that was made or changed. */
export const templateSavedAnswer = z.object({ id: idAnswer });

export const templateListAnswer = templateListSchema.extend({
  templates: z.array(templateAnswer).transform((templates) => templates.slice(0, templatesMax)),
});

const { grants } = accessDefaultsSchema.shape;

export const defaultsAnswer = accessDefaultsSchema.extend({
  grants: z.array(grants.element.extend({ principal: principalAnswer, actions: allActions })),
});
export type DefaultsAnswer = z.output<typeof defaultsAnswer>;
