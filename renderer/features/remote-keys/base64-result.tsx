import { Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { TextBlock } from '../../ui/sheet.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import css from './remote-keys.module.css';

/** Letters that are drawn: of a whole file there are millions, for which the window would stand still. */
const drawnMax = 100_000;

interface Base64ResultProps {
  /** What it is, such as `Signature`. */
  name: string;
  base64: string;
  /** The keyboard goes to what copies it, once it is shown. */
  autoFocus?: boolean;
}

/** What the service made, to copy: no secret. */
export function Base64Result({ name, base64, autoFocus = false }: Base64ResultProps): ReactNode {
  const copy = useAction(
    () => keyhold().remoteKeys.copy({ base64 }),
    () => {
      toastDone(`${name} copied`);
    },
  );
  return (
    <div className="kh-stack" data-gap="2">
      <div className={css['result']}>
        <TextBlock label={name}>
          {base64.length <= drawnMax ? base64 : `${base64.slice(0, drawnMax)}…`}
        </TextBlock>
      </div>
      {base64.length > drawnMax && (
        <p className="kh-dim">
          {`The first ${drawnMax.toLocaleString('en')} of ${base64.length.toLocaleString('en')} characters: copying takes all.`}
        </p>
      )}
      <div className="kh-row">
        <Button size="small" icon={<Copy />} call={copy} autoFocus={autoFocus}>
          Copy {name.toLowerCase()}
        </Button>
      </div>
    </div>
  );
}
