import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of looking at access and changing it. */
export const accessErrorWords = {
  batch_gone: {
    title: 'These changes can no longer be undone',
    advice: 'The service does not keep them any more. Change the access itself where you want it as it was.',
  },
  request_gone: {
    title: 'The request is not open any more',
    advice: 'It was decided, replaced or withdrawn meanwhile. The list shows what there is now.',
  },
  too_many_requests_open: {
    title: 'Too many of your requests are open',
    advice: 'Withdraw one that you do not need any more, or wait until one is decided.',
  },
  access_changed_meanwhile: {
    title: 'Somebody changed this access meanwhile',
    advice: 'Nothing was done. Look at what there is now, and decide again.',
  },
  template_gone: {
    title: 'The template is gone',
    advice: 'Somebody deleted it. The list shows what there is now.',
  },
  template_name_taken: {
    title: 'There is a template of that name',
    advice: 'Choose another name.',
  },
  changed_by_others: {
    title: 'Somebody else changed it meanwhile',
    advice: 'Nothing was saved. Close this, look at what there is now, and change that.',
  },
  maybe_done: {
    title: 'That may be done already',
    advice: 'The service did not answer. Look at what there is now before you try it again.',
  },
  too_many_grants: {
    title: 'There are more grants than a file takes',
    advice: 'Files have up to 50,000. Programs read all of them at the service itself.',
  },
  grant_file_unreadable: {
    title: 'This is no file of grants',
    advice: 'Choose a CSV or JSON file in the form in which Keyhold exports grants.',
  },
} satisfies Partial<ErrorWords>;
