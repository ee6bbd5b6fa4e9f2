/** When a stage's provider is considered late. Milliseconds. */
export interface StageBudget {
  /** Between the call and its first item. */
  readonly firstItemMs: number;
  /** Between asking for an item and getting it. */
  readonly idleMs: number;
}

export interface CircuitPolicy {
  /** Failures in a row that open the circuit. */
  readonly failureThreshold: number;
  /** How long a circuit stays open the first time. */
  readonly cooldownMs: number;
  /** The cooldown doubles with each opening up to this. */
  readonly maxCooldownMs: number;
  /** A probe without a verdict for this long counts as failed. */
  readonly probeTimeoutMs: number;
}

/** Every bound and deadline of the engine in one place. */
export interface Policies {
  /** Longest turn; time spent waiting for the client does not count. */
  readonly turnBudgetMs: number;
  /** Longest text of one turn, in characters. */
  readonly maxTextLength: number;
  /** Longest reply that is spoken; what a model says beyond it is cut at a sentence. */
  readonly maxReplyLength: number;
  /** Characters of history and question that go into a prompt; the oldest turns are dropped first. */
  readonly promptLength: number;
  /** When a provider of each stage is late. */
  readonly llm: StageBudget;
  readonly tts: StageBudget;
  readonly avatar: StageBudget;
  /** When a provider is given a rest. */
  readonly circuit: CircuitPolicy;
  /** Media sent beyond the client's playhead. */
  readonly aheadMs: number;
  /** Unsent audio of one turn; its producer waits when it is reached. */
  readonly audioLaneMs: number;
  /** Unsent picture of one turn; a producer that can wait does, any other loses frames up to the next key frame. */
  readonly pictureLaneMs: number;
  /** How long sound may wait for its first picture. */
  readonly maxHoldMs: number;
  /** A picture this far behind the playhead is not sent any more. */
  readonly pictureLateMs: number;
  /** After the last sample was sent, how much longer than its play time the client's word is awaited. */
  readonly playoutGraceMs: number;
  /** How long a session without a connection is kept. 0 closes it at once. */
  readonly resumeWindowMs: number;
  /** Control events kept for a client that comes back. */
  readonly historyEvents: number;
  /** Turns of a conversation that are remembered. */
  readonly historyTurns: number;
  /** Sessions of one process; one more is refused. */
  readonly maxSessions: number;
}

export const defaultPolicies: Policies = {
  turnBudgetMs: 120_000,
  maxTextLength: 4_000,
  maxReplyLength: 12_000,
  promptLength: 12_000,
  llm: { firstItemMs: 10_000, idleMs: 5_000 },
  tts: { firstItemMs: 5_000, idleMs: 2_000 },
  avatar: { firstItemMs: 3_000, idleMs: 2_000 },
  circuit: { failureThreshold: 5, cooldownMs: 5_000, maxCooldownMs: 60_000, probeTimeoutMs: 10_000 },
  aheadMs: 400,
  audioLaneMs: 2_000,
  pictureLaneMs: 2_000,
  maxHoldMs: 200,
  pictureLateMs: 250,
  playoutGraceMs: 3_000,
  resumeWindowMs: 120_000,
  historyEvents: 1_000,
  historyTurns: 50,
  maxSessions: 1_000,
};
