import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { bringIntoSight } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import type { SentForm } from '../../ui/secret-form.ts';

interface StepFormProps {
  form: SentForm;
  /** What screen readers call it; a form that is alone on its page needs no name. */
  label?: string;
  /** What its button says. */
  action: ReactNode;
  icon?: ReactNode;
  children: ReactNode;
}

/** The second step of adding a context: its fields on a card, what went wrong, and the button that goes on. */
export function StepForm({ form, label, action, icon, children }: StepFormProps): ReactNode {
  return (
    <form className="kh-stack" aria-label={label} onSubmit={form.submit} noValidate>
      <Card>
        <div className="kh-stack">{children}</div>
      </Card>
      {form.error !== null && (
        <div ref={bringIntoSight}>
          <ErrorNotice error={form.error} />
        </div>
      )}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" icon={icon} busy={form.busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}
