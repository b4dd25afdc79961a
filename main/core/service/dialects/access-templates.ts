import { z } from 'zod';
import {
  accessDefaultsSchema,
  defaultGrantsMax,
  templateLinesMax,
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

/** A list as far as anybody reads it, and whether that is all. */
function firstOf<Entry extends z.ZodType>(entry: Entry, most: number) {
  return z.array(entry).transform((all) => ({ first: all.slice(0, most), isAll: all.length <= most }));
}

/** Until a day that can still be written: a later service may have longer ones than this version makes. */
const daysAnswer = z.int().min(1).max(1_000_000);

const templateAnswer = templateSchema.extend({
  ...{ id: idAnswer, name: wordsAnswer(64) },
  lines: firstOf(
    templateSchema.shape.lines.element.extend({
      ...{ repositories: wordsAnswer(256), actions: allActions, days: daysAnswer.nullable() },
    }),
    templateLinesMax,
  ),
});
export type TemplateAnswer = z.output<typeof templateAnswer>;

/** A template that was made or changed. */
export const templateSavedAnswer = z.object({ id: idAnswer });

export const templateListAnswer = templateListSchema.extend({
  templates: firstOf(templateAnswer, templatesMax).transform(({ first }) => first),
});

const { grants } = accessDefaultsSchema.shape;

export const defaultsAnswer = accessDefaultsSchema.extend({
  grants: firstOf(
    grants.element.extend({ principal: principalAnswer, actions: allActions }),
    defaultGrantsMax,
  ),
});
export type DefaultsAnswer = z.output<typeof defaultsAnswer>;
