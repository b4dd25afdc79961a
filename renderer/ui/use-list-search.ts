import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useState } from 'react';
import type { CallError } from '../lib/api.ts';
import { typingPause } from '../lib/search-words.ts';
import type { AskedFilter, Listed } from './data-table.tsx';

interface ListSearch<Page> {
  /** What is listed: what was found, or else the first that there are. */
  list: Omit<Listed<unknown>, 'data'> & { data: Page | undefined };
  /** For the table's filter; undefined where all that there are is listed, and is filtered here. */
  asked: AskedFilter | undefined;
}

/**
 * A list of a service of which the app reads the first entries only: where there are more, the service is asked for those
 * with the typed words.
 *
 * @param queryOf - Reads what has these words; without words, the first that there are.
 * @param countOf - How many entries a page has.
 */
export function useListSearch<Page extends { total: number }>(
  queryOf: (search: string) => UseQueryOptions<Page, CallError, Page, string[]>,
  countOf: (page: Page) => number,
): ListSearch<Page> {
  const [typed, setTyped] = useState('');
  const [paused] = useDebouncedValue(typed.trim(), typingPause);
  const first = useQuery(queryOf(''));
  const all: Page | undefined = first.data;
  const isCut = all !== undefined && all.total > countOf(all);
  const search = isCut && typed.trim() !== '' ? paused : '';
  const found = useQuery({
    ...queryOf(search),
    enabled: search !== '',
    placeholderData: keepPreviousData,
  });
  const answer: Page | undefined = found.data;
  if (!isCut) return { list: first, asked: undefined };
  // Until there is an answer, what was there before stays.
  const list = search === '' || (answer === undefined && !found.isError) ? first : found;
  const isAnswered =
    typed.trim() === search && !(list === first && search !== '') && !found.isPlaceholderData;
  const shown: Page | undefined = list.data;
  return {
    list,
    asked: {
      typed,
      onType: setTyped,
      total: all.total,
      found: isAnswered && shown !== undefined ? shown.total : null,
      listed: shown === undefined ? 0 : countOf(shown),
    },
  };
}
