import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of projects and branches. */
export const projectErrors = {
  project_gone: {
    title: 'The project is gone',
    advice: 'Somebody deleted it meanwhile. The list shows what there is now.',
  },
  project_name_taken: {
    title: 'The organization has a project of that name',
    advice: 'Choose a different name.',
  },
  branch_gone: {
    title: 'The branch is gone',
    advice: 'Somebody deleted it meanwhile. The list shows what there is now.',
  },
  branch_name_taken: {
    title: 'The project has a branch of that name',
    advice: 'Choose a different name.',
  },
  branch_is_default: {
    title: 'The default branch stays',
    advice: 'It goes with its project alone.',
  },
} satisfies Partial<ErrorWords>;
