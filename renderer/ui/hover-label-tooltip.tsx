import { Tooltip } from '@mantine/core';
import type { ReactNode, RefObject } from 'react';

export interface HoverLabelProps {
  target: RefObject<Element | null>;
  label: string;
}

export function HoverLabelTooltip({ target, label }: HoverLabelProps): ReactNode {
  return <Tooltip target={target as RefObject<HTMLElement>} label={label} position="right" />;
}
