import type { ReactNode } from 'react';

import css from './service-words.module.css';

/** Quotation marks, and what looks like one; an apostrophe ends nothing here. */
const quotationMarks = /(?!['‘’‚‛])[\p{Quotation_Mark}\u02BA\u02EE\u2033\u2036\u275D\u275E\u3003]/gu;

/**
 * What a service says itself about its refusal, kept apart from our own words: it is named as the service's, quoted, and
 * cannot end its quotation or turn the text around it.
 *
 * @param said - One printable line, as main gives it.
 */
export function ServiceWords({ said }: { said: string }): ReactNode {
  return (
    <p className={css['line']}>
      The service said: “<bdi className={css['said']}>{said.replace(quotationMarks, '"')}</bdi>”
    </p>
  );
}
