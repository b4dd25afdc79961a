import { useMutation } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import css from './file-choice.module.css';
import { ErrorNotice } from './notice.tsx';

interface FileChoiceProps<File extends { fileName: string }> {
  icon: LucideIcon;
  file: File | null;
  /** Asks for a file in the system's dialog; null when the user chose none. */
  choose: () => Promise<File | null>;
  onFile: (file: File) => void;
}

/** Chooses a file in the system's dialog. The window learns its name and nothing else of it. */
export function FileChoice<File extends { fileName: string }>(props: FileChoiceProps<File>): ReactNode {
  const { icon: Icon, file, choose, onFile } = props;
  const run = useMutation({
    mutationFn: choose,
    onSuccess: (chosen) => {
      if (chosen !== null) onFile(chosen);
    },
  });
  return (
    <>
      <div className={css['file']}>
        <Icon aria-hidden="true" />
        <span className={css['name']} role="status">
          {file === null ? <span className="kh-dim">No file chosen</span> : file.fileName}
        </span>
        <Button size="small" call={run}>
          {file === null ? 'Choose file…' : 'Choose another…'}
        </Button>
      </div>
      {run.isError && <ErrorNotice error={run.error} />}
    </>
  );
}
