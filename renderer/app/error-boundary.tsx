import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { CodeMissing } from '../ui/lazy.tsx';
import { Notice } from '../ui/notice.tsx';
import css from './lone-notice.module.css';

interface ErrorBoundaryProps {
  children: ReactNode;
  /** What it lies around: a page is drawn again, the window is loaded again. */
  around: 'page' | 'window';
}

interface BoundaryState {
  failed: 'broken' | 'missing' | null;
}

/** Says that a part of the window broke, in its place; the rest goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { failed: error instanceof CodeMissing ? 'missing' : 'broken' };
  }

  override render(): ReactNode {
    const { around, children } = this.props;
    if (this.state.failed === null) return children;
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
                if (around === 'window') window.location.reload();
                else this.setState({ failed: null });
              }}
            >
              {around === 'window' ? 'Load the window again' : 'Open the page again'}
            </Button>
          }
        >
          Your vault and your keys are not affected: they are kept outside this window.
        </Notice>
      </div>
    );
  }
}
