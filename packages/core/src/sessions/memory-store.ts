import type { SessionRecord, SessionStore } from '../plugin/services.ts';

/** Conversations in this process; gone with it. */
export const createMemoryStore = (): SessionStore => {
  const records = new Map<string, SessionRecord>();
  return {
    save: async (record) => {
      records.set(record.sessionId, record);
    },
    load: async (sessionId) => records.get(sessionId),
    delete: async (sessionId) => {
      records.delete(sessionId);
    },
  };
};
