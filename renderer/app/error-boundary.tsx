import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import css from './error-boundary.module.css';

interface ErrorBoundaryProps {
  children: ReactNode;
  /** What the button does: come back to a page that works. */
  actionLabel: string;
  onAction: () => void;
}

/** Keeps a fault in one page from taking the window with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className={css['page']}>
        <Notice
          tone="error"
          title="This page stopped working"
          actions={
            <Button
              size="small"
              onClick={() => {
                this.setState({ failed: false });
                this.props.onAction();
              }}
            >
              {this.props.actionLabel}
            </Button>
          }
        >
          Your vault and your keys are not affected: they are kept outside this window.
        </Notice>
      </div>
    );
  }
}
