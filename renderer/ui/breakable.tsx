import { Fragment, type ReactNode } from 'react';

/** A shorter word of a sentence goes to the next line whole. Letters. */
const longWord = 32;

export interface BreakableProps {
  /** The name, or a sentence with names in it. */
  children: string;
  /** It is a name in the middle of a sentence. */
  inSentence?: boolean;
}

/**
 * A host, a path or the name of a repository. Where it does not fit, its line breaks after a dot, slash, colon or `&`, and
 * only a part that is too long by itself breaks between letters. In a sentence only long words break.
 */
export function Breakable({ children, inSentence = children.includes(' ') }: BreakableProps): ReactNode {
  const words = inSentence ? children.split(/(?<= )/u) : [children];
  const parts = words.flatMap((word) =>
    inSentence && word.length <= longWord ? word : word.split(/(?<=[./:@&])/u),
  );
  return parts.map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
