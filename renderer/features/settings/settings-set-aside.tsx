import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { AbovePage } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useSettings } from './use-settings.ts';

/** Says, until it is dismissed, that the settings could not be read and start anew. */
export function SettingsSetAside(): ReactNode {
  const settings = useSettings();
  const acknowledge = useAction(() => keyhold().settings.acknowledge());
  if (settings.data?.setAside !== true) return null;
  return (
    <AbovePage>
      <Notice
        tone="warning"
        title="Your settings could not be read"
        actions={
          <Button size="small" call={acknowledge}>
            Dismiss
          </Button>
        }
      >
        Keyhold uses its defaults and kept the old file beside the new one, in its data folder. Check when the
        vault locks under Settings.
      </Notice>
    </AbovePage>
  );
}
