import { csvWords } from '../../lib/csv.ts';
import type { GrantFileForm } from './grant-file.ts';

/** Somebody whom a grant may be for. */
export interface NamedPrincipal {
  /** `user:ID`, `group:ID`, `bot:org/name` */
  reference: string;
  kind: 'user' | 'group' | 'bot';
  name: string;
}

/** What principals are called in files of one form, and whom such a name means. */
export class PrincipalNames {
  readonly #form: GrantFileForm;
  readonly #known = new Map<string, Set<string>>();

  constructor(principals: readonly NamedPrincipal[], form: GrantFileForm) {
    this.#form = form;
    // The same person may be named for each of their grants.
    const each = new Map(principals.map((principal) => [principal.reference, principal]));
    for (const principal of each.values()) {
      // In one table are names that a person has typed as they are, and names as they are written.
      for (const text of [principal.reference, nameOf(principal)]) {
        for (const name of new Set([text, this.#written(text)])) this.#add(name, principal.reference);
      }
    }
  }

  /** A name that fits nobody else; the reference of somebody who has none. */
  textOf(principal: NamedPrincipal): string {
    const name = nameOf(principal);
    return this.meantBy(this.#written(name)).length === 1 ? name : principal.reference;
  }

  /** References of all whom a name may mean. */
  meantBy(text: string): string[] {
    return [...(this.#known.get(text) ?? [])];
  }

  #written(text: string): string {
    return this.#form === 'csv' ? csvWords(text).trim() : text;
  }

  #add(text: string, reference: string): void {
    const known = this.#known.get(text);
    if (known === undefined) this.#known.set(text, new Set([reference]));
    else known.add(reference);
  }
}

function nameOf({ kind, name, reference }: NamedPrincipal): string {
  return kind === 'bot' ? reference : `${kind}:${name}`;
}
