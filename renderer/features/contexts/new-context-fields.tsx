import { Checkbox, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { suggestName } from './context-name.ts';
import { useContexts } from './queries.ts';

/** What is asked of every new context, however it is signed in. */
export interface NewContextValues {
  name: string;
  setUpPodman: boolean;
  setUpDocker: boolean;
}

/** What a form begins with. */
export function useNewContextValues({ name, host, hasRegistry }: DiscoveredService): NewContextValues {
  const { data: contexts = [] } = useContexts();
  const taken = contexts.map((context) => context.name);
  return { name: suggestName(name, host, taken), setUpPodman: hasRegistry, setUpDocker: false };
}

/** `getInputProps` of the form's fields. */
type InputProps = (field: keyof NewContextValues, options?: { type: 'checkbox' }) => object;

export function ContextNameField({ inputProps }: { inputProps: InputProps }): ReactNode {
  return (
    <TextInput
      label="Context name"
      description={`What you call it here, in ${String(limits.contextNameMax)} characters at most.`}
      maxLength={limits.contextNameMax}
      autoComplete="off"
      spellCheck={false}
      {...inputProps('name')}
    />
  );
}

interface SetUpBoxesProps {
  service: DiscoveredService;
  /** When it is done, as a sentence. */
  when: string;
  inputProps: InputProps;
}

/** Which programs are set up for the registry, where the service has one. */
export function SetUpBoxes({ service, when, inputProps }: SetUpBoxesProps): ReactNode {
  if (!service.hasRegistry) return null;
  return (
    <>
      <Checkbox
        label={`Set up Podman for ${service.host}`}
        description={`${when} Skopeo and Buildah too. You can undo it at any time.`}
        {...inputProps('setUpPodman', { type: 'checkbox' })}
      />
      <Checkbox
        label={`Set up Docker for ${service.host}`}
        description={`${when} You can undo it at any time.`}
        {...inputProps('setUpDocker', { type: 'checkbox' })}
      />
    </>
  );
}
