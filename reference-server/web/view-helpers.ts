import { branchNameRule, projectNameRule } from '../../contracts/domain/project-names.ts';
import type { NameRule } from '../../contracts/domain/project-names.ts';
import { assetAddress } from './assets.ts';
import type { IconName } from './icons.ts';

export type Tone = 'neutral' | 'good' | 'warning' | 'error';

/** A moment as people read it. */
export interface Moment {
  /** RFC 3339. */
  instant: string;
  /** `today at 08:15 UTC`, `24 Nov 2026`. */
  words: string;
  /** With day and time, for who asks for it. */
  whole: string;
}

/** What templates call by these names. Each function gives HTML, in which all that it was given is escaped. */
export const viewHelpers = {
  asset: assetAddress,

  /** A line icon. It says nothing to a screen reader: words stand beside it. */
  icon(name: IconName): string {
    return `<svg class="icon" aria-hidden="true"><use href="${assetAddress('icons.svg')}#${name}"></use></svg>`;
  },

  /** A state in a word or two. */
  badge(tone: Tone, words: string): string {
    return `<span class="badge" data-tone="${tone}">${escapeHtml(words)}</span>`;
  },

  /** A kind or a role, which is no state. */
  tag(words: string): string {
    return `<span class="badge" data-plain>${escapeHtml(words)}</span>`;
  },

  time({ instant, words, whole }: Moment): string {
    const [at, title, text] = [instant, whole, words].map(escapeHtml);
    return `<time datetime="${at}" title="${title}">${text}</time>`;
  },

  projectName: nameOf(projectNameRule),
  branchName: nameOf(branchNameRule),
};

/** The field of a name: its hint and attributes. */
function nameOf({ words, max }: NameRule) {
  const attributes = { required: true, maxlength: max, autocapitalize: 'none', spellcheck: 'false' };
  return { hint: `Use ${words}.`, attributes };
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
