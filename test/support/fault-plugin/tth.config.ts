import { type TthConfig, defineConfig } from '@tth/server';

/** What `serveFaults` wants of the server, as JSON: where the vendors are, and policies. */
const given = JSON.parse(process.env['TTH_FAULTS'] ?? '{}') as Pick<TthConfig, 'adapters' | 'policies'>;

export default defineConfig({
  plugins: ['./index.ts'],
  routes: { llm: ['first-llm', 'second-llm'], tts: ['first-tts', 'second-tts'] },
  ...given,
});
