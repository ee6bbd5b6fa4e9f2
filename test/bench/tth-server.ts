import { scriptedPlugin } from '@tth/testkit';
import { startTth } from '../support/start-tth.ts';
import { answerQuestions } from './child.ts';
import { instantLlm, instantTts } from './providers.ts';

const server = await startTth({ plugins: [scriptedPlugin([instantLlm, instantTts])] });
await server.warm;
answerQuestions(server.port);
