import type { ChatMessage } from '@tth/core/plugin';

/** FNV-1a over the conversation: equal conversations give equal numbers, in 32 bits. */
export const hashConversation = (messages: readonly ChatMessage[], seed: number): number => {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  const mix = (code: number): void => {
    hash = Math.imul(hash ^ code, 0x01000193) >>> 0;
  };
  for (const { role, content } of messages) {
    mix(role.charCodeAt(0));
    for (let i = 0; i < content.length; i++) mix(content.charCodeAt(i));
    mix(0xffff);
  }
  return hash;
};
