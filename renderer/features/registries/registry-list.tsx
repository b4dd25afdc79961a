import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { findable, findAll } from '../../lib/search-words.ts';
import { Card } from '../../ui/page.tsx';
import css from './registries.module.css';
import { RegistryTable } from './registry-table.tsx';

/** From so many on the list can be filtered, and scrolls on its own so that what is below it stays in reach. */
const longFrom = 30;

interface RegistryListProps {
  registries: readonly Registry[];
  onSetUp: (registry: Registry, client: RegistryClient) => void;
}

/** The table of registries; of a long one, those that have the typed words. */
export function RegistryList({ registries, onSetUp }: RegistryListProps): ReactNode {
  const [query, setQuery] = useState('');
  const entries = useMemo(
    () => findable(registries, ({ host, contextName }) => [host, contextName]),
    [registries],
  );
  const found = useMemo(() => findAll(entries, query), [entries, query]);
  const long = registries.length >= longFrom;
  const shown = long ? found : registries;
  return (
    <>
      {long && (
        <div className={css['filter']} role="search" aria-label="Filter registries">
          <TextInput
            className={css['filterText']}
            aria-label="Filter by host or context"
            placeholder="Filter by host or context"
            leftSection={<Search size={16} />}
            value={query}
            maxLength={limits.filterMax}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setQuery(event.currentTarget.value);
            }}
          />
          <span className={css['found']} role="status">
            {query === '' ? '' : `${found.length.toLocaleString()} of `}
            {registries.length.toLocaleString()} registries
          </span>
        </div>
      )}
      {shown.length === 0 ? (
        <p className="kh-dim">No registry matches the filter.</p>
      ) : (
        <Card padded={false}>
          <RegistryTable registries={shown} all={registries} long={long} onSetUp={onSetUp} />
        </Card>
      )}
    </>
  );
}
