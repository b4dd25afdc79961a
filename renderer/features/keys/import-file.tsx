import { useMutation } from '@tanstack/react-query';
import { FileKey2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import type { ChosenFile } from './import-dialog.tsx';
import css from './import-dialog.module.css';

interface ImportFileProps {
  file: ChosenFile | null;
  onFile: (file: ChosenFile) => void;
}

/** Chooses a file in the system's dialog. The window learns its name and nothing else of it. */
export function ImportFile({ file, onFile }: ImportFileProps): ReactNode {
  const choose = useMutation({
    mutationFn: () => valueOf(keyhold().keys.chooseFile()),
    onSuccess: (chosen) => {
      if (chosen !== null) onFile(chosen);
    },
  });
  return (
    <>
      <div className={css['file']}>
        <FileKey2 aria-hidden="true" />
        <span className={css['fileName']} role="status">
          {file === null ? <span className="kh-dim">No file chosen</span> : file.fileName}
        </span>
        <Button
          size="small"
          busy={choose.isPending}
          onClick={() => {
            choose.mutate();
          }}
        >
          {file === null ? 'Choose file…' : 'Choose another…'}
        </Button>
      </div>
      {choose.isError && <ErrorNotice error={choose.error} />}
    </>
  );
}
