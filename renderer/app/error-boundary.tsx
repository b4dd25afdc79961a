import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { CodeMissing } from '../ui/lazy.tsx';
import { Notice } from '../ui/notice.tsx';
import css from './error-boundary.module.css';

interface ErrorBoundaryProps {
  children: ReactNode;
  /** What the button does: come back to a page that works. */
  actionLabel: string;
  onAction: () => void;
}

interface BoundaryState {
  failed: 'broken' | 'missing' | null;
}

/** Keeps a fault in one page from taking the window with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { failed: error instanceof CodeMissing ? 'missing' : 'broken' };
  }

  override render(): ReactNode {
    if (this.state.failed === null) return this.props.children;
    return (
      <div className={css['page']}>
        <Notice
          tone="error"
          title={
            this.state.failed === 'missing' ? 'This page could not be loaded' : 'This page stopped working'
          }
          actions={
            <Button
              size="small"
              onClick={() => {
                this.setState({ failed: null });
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
