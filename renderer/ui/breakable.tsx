import { Fragment, type ReactNode } from 'react';

/**
 * A host, a path or the name of a repository. Where it does not fit, its line breaks after a dot, slash or colon, and
 * only a part that is too long by itself breaks between letters.
 */
export function Breakable({ children }: { children: string }): ReactNode {
  return children.split(/(?<=[./:@])/u).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
