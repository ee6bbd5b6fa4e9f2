import { defineTts } from '@tth/core/plugin';
import { cosyvoiceCapabilities } from './capabilities.ts';
import { fastapiVoice } from './fastapi.ts';
import { hostedVoice } from './hosted.ts';
import { cosyvoiceOptions } from './options.ts';
import { vllmOmniVoice } from './vllm-omni.ts';

/**
 * CosyVoice, by whom its options say: a server from its own repository, which takes instructions; vLLM-Omni, which
 * streams; or the hosted service. What each can do is in `capabilities.ts`.
 */
export const cosyvoiceTts = defineTts({
  id: 'cosyvoice',
  optIn: true,
  options: cosyvoiceOptions,
  capabilities: cosyvoiceCapabilities,
  create: (options, deps) => {
    if (options.server === 'fastapi') return fastapiVoice(options, deps);
    return options.server === 'vllm-omni' ? vllmOmniVoice(options, deps) : hostedVoice(options, deps);
  },
});
