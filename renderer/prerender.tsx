import { renderToString } from 'react-dom/server';
import { Gate } from './app/gate.tsx';

/** The unlock screen as HTML, for the page that is shown before any script has run. */
export function unlockScreen(): string {
  return renderToString(<Gate firstStatus={new Promise(() => undefined)} prerendered />);
}
