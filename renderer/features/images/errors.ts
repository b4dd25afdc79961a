import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of images. */
export const imageErrors = {
  tag_gone: {
    title: 'The tag is gone',
    advice: 'Somebody deleted it meanwhile. The list shows what there is now.',
  },
  deletion_off: {
    title: 'The registry does not delete tags',
    advice: 'It was set up without deletion. Ask whoever runs the service.',
  },
  registry_unreadable: {
    title: 'The registry’s answer cannot be read',
    advice:
      'It is not what registries answer, too large, or has another digest than it says. Ask whoever runs the service.',
  },
} satisfies Partial<ErrorWords>;
