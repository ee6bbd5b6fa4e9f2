export { avatarConformance } from './avatar.ts';
export { llmConformance, type LlmConformanceOptions } from './llm.ts';
export { ttsConformance } from './tts.ts';
