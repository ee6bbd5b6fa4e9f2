import './strict-csp.ts';
import './theme/tokens.css';
import './theme/base.css';
import './theme/inspect.css';
import { createRoot } from 'react-dom/client';
import { InspectApp } from './views/inspect-app.tsx';

const url = new URL('/v1/inspect', location.href);
url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const root = document.getElementById('root');
if (root) createRoot(root).render(<InspectApp url={url.href} />);
