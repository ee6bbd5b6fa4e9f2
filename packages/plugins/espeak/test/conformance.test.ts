import { startAdapter } from '@tth/testkit';
import { ttsConformance } from '@tth/testkit/conformance';
import plugin from '../src/index.ts';

ttsConformance('espeak', () => startAdapter(plugin, 'tts', 'espeak', { options: { workers: 1 } }));
