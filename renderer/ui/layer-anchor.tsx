import { useImperativeHandle, type ReactNode, type Ref, type RefObject } from 'react';

/** A button, or a head with a menu, that opens a layer whose code may still be on its way. It stays the same element when that comes. */
export interface LayerOpener {
  button: RefObject<HTMLElement | null>;
  /** The id of the button, from which the layer's is made. */
  id: string;
}

/** What tells assistive technology that a button opens a layer. */
export function openerProps(id: string, kind: 'dialog' | 'menu', opened: boolean) {
  return {
    id,
    'aria-haspopup': kind,
    'aria-expanded': opened,
    'aria-controls': opened ? `${id}-dropdown` : undefined,
  } as const;
}

interface LayerAnchorProps {
  opener: LayerOpener;
  ref?: Ref<HTMLElement | null>;
}

/** Draws nothing, and tells a layer that its button, which is drawn elsewhere, is its target. */
export function LayerAnchor({ opener, ref }: LayerAnchorProps): ReactNode {
  useImperativeHandle<HTMLElement | null, HTMLElement | null>(ref, () => opener.button.current, [
    opener.button,
  ]);
  return null;
}
