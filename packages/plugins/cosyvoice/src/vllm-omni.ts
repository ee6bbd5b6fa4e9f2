import { readFile } from 'node:fs/promises';
import { type AdapterDeps, type TtsImplementation, createServedVoice } from '@tth/core/plugin';
import { withoutMarks } from './instructions.ts';
import type { VllmOmniOptions } from './options.ts';

/** CosyVoice behind vLLM-Omni: sound as it is made. The server stops working when we leave. */
export const vllmOmniVoice = (options: VllmOmniOptions, deps: AdapterDeps): TtsImplementation =>
  createServedVoice(options, { ...deps, readFile: (path) => readFile(path), clean: withoutMarks });
