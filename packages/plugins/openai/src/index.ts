import { apiVersion, definePlugin } from '@tth/core/plugin';
import { openaiChat } from './chat.ts';
import { openaiRealtime } from './realtime.ts';
import { openaiResponses } from './responses.ts';
import { openaiSpeech } from './speech.ts';

export default definePlugin({
  name: '@tth/plugin-openai',
  apiVersion,
  adapters: [openaiChat, openaiResponses, openaiSpeech, openaiRealtime],
});
