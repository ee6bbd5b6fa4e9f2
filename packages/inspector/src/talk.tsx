import './strict-csp.ts';
import './theme/tokens.css';
import './theme/base.css';
import './theme/talk.css';
import { type TthClient, createTthClient } from '@tth/client';
import { createRoot } from 'react-dom/client';
import { TalkApp, connect } from './talk/talk-app.tsx';

declare global {
  /** The running client, for the browser's console and for end-to-end tests. */
  var tth: TthClient;
}

const client = createTthClient();
globalThis.tth = client;
void connect(client);

const root = document.getElementById('root');
if (root) createRoot(root).render(<TalkApp client={client} />);
