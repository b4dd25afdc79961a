import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { operationWords } from '../../../../contracts/permissions/catalogue.ts';
import { isOfKey, operationIds, type OperationId } from '../../../../contracts/permissions/operations.ts';
import { operationName } from '../model/words.ts';

const option = (operation: OperationId) => ({
  value: operation,
  // What is done with a key is its name already.
  label: isOfKey(operation)
    ? operationName(operation)
    : `${operationName(operation)}: ${operationWords(operation)}`,
});

const groups = [
  { group: 'Of a key', items: operationIds.filter(isOfKey).map(option) },
  { group: 'Of the keeper', items: operationIds.filter((operation) => !isOfKey(operation)).map(option) },
];

interface OperationFieldProps {
  value: OperationId;
  onChange: (operation: OperationId) => void;
}

/** Takes one of the operations that keepers check. */
export function OperationField({ value, onChange }: OperationFieldProps): ReactNode {
  return (
    <NativeSelect
      label="Operation"
      value={value}
      data={groups}
      onChange={(event) => {
        const { value: chosen } = event.currentTarget;
        onChange(operationIds.find((operation) => operation === chosen) ?? value);
      }}
    />
  );
}
