import { apiVersion, definePlugin } from '@tth/core/plugin';
import { vendorLlm, vendorTts } from '@tth/testkit';

/** Two models and two voices over HTTP, each of its own simulated vendor. */
export default definePlugin({
  name: 'tth-fault-plugin',
  apiVersion,
  adapters: [
    vendorLlm('first-llm'),
    vendorLlm('second-llm'),
    vendorTts('first-tts'),
    vendorTts('second-tts'),
  ],
});
