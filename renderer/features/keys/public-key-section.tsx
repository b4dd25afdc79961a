import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Copy, Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { PublicKeyFormat } from '../../../contracts/domain/key.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { SheetPart, TextBlock } from '../../ui/sheet.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { publicKeyQuery } from './queries.ts';

const formats: { value: PublicKeyFormat; label: string }[] = [
  { value: 'openssh', label: 'OpenSSH' },
  { value: 'pem', label: 'PEM' },
  { value: 'jwk', label: 'JWK' },
];

/** The public key as text, to copy or save. */
export function PublicKeySection({ keyId }: { keyId: string }): ReactNode {
  const [format, setFormat] = useState<PublicKeyFormat>('openssh');
  const text = useQuery(publicKeyQuery(keyId, format));
  const copy = useAction(
    () => keyhold().keys.copyPublic({ keyId, format }),
    () => {
      toastDone('Public key copied');
    },
  );
  const save = useAction(
    () => keyhold().keys.savePublic({ keyId, format }),
    (saved) => {
      if (saved !== null) toastDone('Public key saved', `In ${saved.fileName}.`);
    },
  );
  return (
    <SheetPart
      title="Public key"
      aside={
        <SegmentedControl size="xs" aria-label="Format" value={format} onChange={setFormat} data={formats} />
      }
    >
      {text.isError && <ErrorNotice error={text.error} />}
      <TextBlock label="Public key text" tall>
        {text.data?.text.trimEnd()}
      </TextBlock>
      <div className="kh-row">
        <Button size="small" icon={<Copy />} call={copy}>
          Copy
        </Button>
        <Button size="small" icon={<Download />} call={save}>
          Save…
        </Button>
      </div>
    </SheetPart>
  );
}
