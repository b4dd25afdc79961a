import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '../contracts/design/tokens.css';
import './ui/base.css';
import './ui/mantine.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { errorWords } from './app/error-words.ts';
import { ApprovalWindow } from './features/approvals/approval-window.tsx';
import { setErrorWords } from './lib/error-text.ts';
import { styleNonce } from './lib/style-nonce.ts';
import { theme } from './ui/theme.ts';

setErrorWords(errorWords);

const container = document.getElementById('root');
if (container === null) throw new Error('approval.html has no #root');

createRoot(container).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
    <ErrorBoundary around="window">
      <ApprovalWindow />
    </ErrorBoundary>
  </MantineProvider>,
);
