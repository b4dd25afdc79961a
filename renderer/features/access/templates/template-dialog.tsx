import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../../ui/form.tsx';
import { LabelledGroup } from '../../../ui/labelled-group.tsx';
import { toastDone } from '../../../ui/toast.ts';
import { draftsOf, isProblem, linesOf, newDraft, problemsOf, type LineDraft } from './line-drafts.ts';
import { LineEditor } from './line-editor.tsx';
import { templatesQuery } from './queries.ts';

interface TemplateDialogProps {
  place: AccessPlace;
  /** The one to change; null makes one. */
  template: AccessTemplate | null;
  repositories: readonly { name: string }[];
  onClose: () => void;
}

interface Values {
  name: string;
  lines: readonly LineDraft[];
}

/** Makes a template, or changes one. */
export function TemplateDialog({ place, template, repositories, onClose }: TemplateDialogProps): ReactNode {
  const client = useQueryClient();
  const { organization } = place;
  const problems = (lines: readonly LineDraft[]) => problemsOf(lines, organization);
  const form = useFieldForm<Values, unknown>({
    initialValues: {
      name: template?.name ?? '',
      lines: template === null ? [newDraft(0, `${organization}/*`)] : draftsOf(template.lines),
    },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter a name.' : null),
      lines: (lines) => {
        if (lines.length === 0) return 'Add a line: a template gives something.';
        return problems(lines).some(isProblem) ? 'See its lines.' : null;
      },
    },
    rules: { name: 'One line of 64 characters at most.' },
    fieldOf: ({ code }) => (code === 'template_name_taken' ? 'name' : undefined),
    send: ({ name, lines }) =>
      valueOf(
        keyhold().accessTemplates.save({
          ...place,
          name: name.trim(),
          lines: linesOf(lines),
          replaces: template && { id: template.id, changedAt: template.changedAt },
        }),
      ).finally(() => void client.invalidateQueries(templatesQuery(place))),
    onDone: (_done, { name }) => {
      toastDone(`${template === null ? 'Made' : 'Changed'} the template ${name.trim()}`);
      onClose();
    },
  });
  const { values, errors, getInputProps, setFieldValue } = form.fields;
  const found = errors['lines'] === undefined ? [] : problems(values.lines);
  const isOfALine = found.some(isProblem);
  return (
    <Dialog
      opened
      onClose={onClose}
      title={template === null ? 'New template' : `Change ${template.name}`}
      size={640}
    >
      <FormFrame
        form={form}
        action={template === null ? 'Make template' : 'Save changes'}
        busyAction="Saving…"
        onCancel={onClose}
      >
        <TextInput
          label="Name"
          description="Whom it is for, such as “Release bot”."
          maxLength={64}
          autoComplete="off"
          data-autofocus
          {...getInputProps('name')}
        />
        <LabelledGroup label="What it gives" problem={isOfALine ? undefined : errors['lines']}>
          <p className="kh-dim">
            A line is for one repository, or with a star for all whose names begin so. Where several fit, the
            longest counts. Days are counted from when the template is used.
          </p>
          <LineEditor
            {...{ organization, repositories }}
            drafts={values.lines}
            problems={found}
            onChange={(lines) => setFieldValue('lines', lines)}
          />
        </LabelledGroup>
      </FormFrame>
    </Dialog>
  );
}
