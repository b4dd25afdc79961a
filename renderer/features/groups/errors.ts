import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of groups. */
export const groupErrors = {
  group_gone: {
    title: 'The group is gone',
    advice: 'It was deleted meanwhile. The list shows which groups there are now.',
  },
  group_name_taken: {
    title: 'There is a group of that name',
    advice: 'Choose another name: groups of one organization have names of their own.',
  },
  group_elsewhere: {
    title: 'The group comes from a directory',
    advice: 'Its members are changed there, which counts here from the next sign-in or sync.',
  },
} satisfies Partial<ErrorWords>;
