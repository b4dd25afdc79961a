import { SegmentedControl } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { Copy } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PullTool } from '../../../contracts/domain/image.ts';
import { pullCommand } from '../../../contracts/domain/pull-command.ts';
import type { Image } from '../../../contracts/ipc/images.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { SheetPart, TextBlock } from '../../ui/sheet.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';

const tools: { value: PullTool; label: string }[] = [
  { value: 'podman', label: 'Podman' },
  { value: 'docker', label: 'Docker' },
  { value: 'skopeo', label: 'Skopeo' },
];

interface PullSectionProps {
  context: ContextSummary;
  repository: string;
  tag: string;
  image: Image;
}

/** The command that pulls an image, for the program that the person used last, to copy. */
export function PullSection({ context, repository, tag, image }: PullSectionProps): ReactNode {
  const [stored, setTool] = useLocalStorage({
    key: 'keyhold.pull-tool',
    defaultValue: 'podman',
    getInitialValueInEffect: false,
  });
  const tool = tools.find(({ value }) => value === stored)?.value ?? 'podman';
  const [by, setBy] = useState<'tag' | 'digest'>('tag');
  const reference = by === 'tag' ? tag : image.digest;
  const index = image.kind === 'index';
  const copy = useAction(
    () => keyhold().images.copyPull({ contextId: context.id, repository, tool, reference, index }),
    () => {
      toastDone('Command copied');
    },
  );
  const { origin, host } = context;
  return (
    <SheetPart
      title="Pull"
      level={4}
      aside={
        <div className="kh-row">
          <SegmentedControl size="xs" aria-label="Program" value={tool} onChange={setTool} data={tools} />
          <SegmentedControl
            size="xs"
            aria-label="By"
            value={by}
            onChange={setBy}
            data={[
              { value: 'tag', label: 'Tag' },
              { value: 'digest', label: 'Digest' },
            ]}
          />
        </div>
      }
    >
      <TextBlock label="Pull command">
        {pullCommand(tool, { origin, host, repository, reference, index })}
      </TextBlock>
      <div className="kh-row">
        <Button size="small" icon={<Copy />} call={copy}>
          Copy command
        </Button>
      </div>
    </SheetPart>
  );
}
