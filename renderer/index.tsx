import { firstStatus } from './lib/first-status.ts';
import '@fontsource-variable/inter/wght.css';
import '../contracts/design/tokens.css';
import './ui/base.css';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { errorWords } from './app/error-words.ts';
import { Gate } from './app/gate.tsx';
import { setErrorWords } from './lib/error-text.ts';

setErrorWords(errorWords);

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no #root');

const prerendered = container.firstElementChild !== null;
const gate = <Gate firstStatus={firstStatus} prerendered={prerendered} />;
if (prerendered) hydrateRoot(container, gate);
else createRoot(container).render(gate);
