// oxlint-disable-next-line import/no-absolute-path -- the server has it at its root
import { createTthClient } from '/tth-client.js';

const [face, caption, ask, stop] = ['face', 'caption', 'ask', 'stop'].map((id) =>
  document.getElementById(id),
);
const client = createTthClient({ canvas: face });

client.on('caption', (sentence) => (caption.textContent = sentence?.text ?? '\u00a0'));
client.on('audio_blocked', ({ message }) => (caption.textContent = message));
client.on('client_error', ({ message }) => (caption.textContent = message));
client.on('error', ({ error }) => (caption.textContent = error.message));

ask.addEventListener('submit', (event) => {
  event.preventDefault();
  client.send(ask.text.value);
  ask.reset();
});
stop.addEventListener('click', () => client.interrupt());

await client.connect();
