/** When a stage's provider is considered late. Milliseconds. */
export interface StageBudget {
  /** Between the call and its first item. */
  readonly firstItemMs: number;
  /** Between asking for an item and getting it. */
  readonly idleMs: number;
}

/** When a provider is given a rest, for how long, and how it comes back. */
export interface CircuitPolicy {
  /** Calls of this long ago and younger are counted. */
  readonly windowMs: number;
  /** Parts of the window; the oldest part is forgotten as a whole. */
  readonly windowBuckets: number;
  /** Calls in the window below which its rates say nothing. */
  readonly minCalls: number;
  /** Share of failed calls, 0 to 1, that opens the circuit. */
  readonly failureRate: number;
  /** Share of slow calls, 0 to 1, that opens the circuit. */
  readonly slowRate: number;
  /** A call is slow when an item takes more than this share of what its stage allows, in quarters. */
  readonly slowShare: number;
  /** Failures in a row that open the circuit, however few calls there are. */
  readonly failureThreshold: number;
  /** How long a circuit stays open the first time. */
  readonly cooldownMs: number;
  /** The cooldown doubles with each opening up to this. */
  readonly maxCooldownMs: number;
  /** A cooldown is longer or shorter by up to this share, so that processes do not come back in step. */
  readonly cooldownJitter: number;
  /** After this long without an opening the next cooldown is the first again. */
  readonly calmMs: number;
  /** A probe may take this many times what its stage allows for a first item, then it has failed. */
  readonly probeBudgets: number;
  /** A probe that has answered and runs this long without a fault is good before it ends. */
  readonly healthyMs: number;
  /** Good probes in a row that close the circuit. */
  readonly probesToClose: number;
  /** Rest of a provider that is too busy and does not say for how long. */
  readonly throttleMs: number;
  /** Longest rest that a busy provider can ask for. */
  readonly maxThrottleMs: number;
  /** Rest of a provider that refuses our credential or does not know its model. */
  readonly isolationMs: number;
  /** With every provider of a stage resting, one call is let through per this time. */
  readonly lastResortMs: number;
  /** Between two questions for the health of a provider whose circuit is open; also how long an answer may take. */
  readonly healthCheckMs: number;
}

/** When a call that has brought nothing yet is tried again on the same provider. */
export interface RetryPolicy {
  /** Shortest wait before the second try; the actual one is drawn at random. */
  readonly minDelayMs: number;
  /** Longest wait that is drawn. */
  readonly maxDelayMs: number;
  /** A provider that wants more patience than this is not tried again. */
  readonly maxPatienceMs: number;
  /** Second tries of a stage at one time, as a share of its calls in flight. */
  readonly budgetShare: number;
  /** Second tries of a stage at one time that are always allowed. */
  readonly budgetMin: number;
}

/** What a voice must at least deliver for a sentence. */
export interface LivenessPolicy {
  /** Speech shorter than this per letter or digit of its text has lost something. */
  readonly minMsPerCharacter: number;
  /** Sentences with fewer letters and digits are not measured. */
  readonly minCharacters: number;
}

/** When picture and sound are brought together, and when a face that falls behind is asked for less. */
export interface DriftPolicy {
  /** Correction begins when they are further apart than this. */
  readonly enterMs: number;
  /** And ends when they are no further apart than this. */
  readonly leaveMs: number;
  /** Share of the pictures' pace by which a small error is corrected. */
  readonly gentleRate: number;
  /** And a large one. */
  readonly firmRate: number;
  /** An error beyond all tolerance that lasts this long is ended at once. */
  readonly resyncAfterMs: number;
  /** How much longer that may wait for a sentence to begin. */
  readonly resyncPatienceMs: number;
  /** A face whose newest picture is further than this behind the sound is behind. */
  readonly behindMs: number;
  /** A face that is behind for this long is asked for less. */
  readonly behindForMs: number;
  /** How long a face that was given up rests before it is asked again; each further time twice as long. */
  readonly faceRestMs: number;
  /** How long a face with fewer pictures has to keep up before it is asked for all of them again; each further time twice as long. */
  readonly faceCalmMs: number;
}

/** Every bound and deadline of the engine in one place. */
export interface Policies {
  /** What a text does while a turn runs: it interrupts it, waits for its end (one at a time) or is rejected. */
  readonly onUserText: 'interrupt' | 'queue' | 'reject';
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
  /** When a call is tried again. */
  readonly retry: RetryPolicy;
  /** When speech is too little for its text. */
  readonly liveness: LivenessPolicy;
  /** Calls at one time to a provider that does not say how many it takes; one more goes elsewhere. */
  readonly maxCallsInFlight: number;
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
  /** When picture and sound are corrected. */
  readonly drift: DriftPolicy;
  /** Speech to have before a voice that is slower than speech begins a sentence. */
  readonly slowVoiceBufferMs: number;
  /** A client with flow control that says nothing for this long while it should play is sent no more media. */
  readonly silentClientMs: number;
  /** And after this long it is disconnected. */
  readonly lostClientMs: number;
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
  onUserText: 'interrupt',
  turnBudgetMs: 120_000,
  maxTextLength: 4_000,
  maxReplyLength: 12_000,
  promptLength: 12_000,
  llm: { firstItemMs: 10_000, idleMs: 5_000 },
  tts: { firstItemMs: 5_000, idleMs: 2_000 },
  avatar: { firstItemMs: 3_000, idleMs: 2_000 },
  circuit: {
    windowMs: 30_000,
    windowBuckets: 10,
    minCalls: 10,
    failureRate: 0.5,
    slowRate: 0.6,
    slowShare: 0.5,
    failureThreshold: 5,
    cooldownMs: 5_000,
    maxCooldownMs: 60_000,
    cooldownJitter: 0.2,
    calmMs: 300_000,
    probeBudgets: 2,
    healthyMs: 3_000,
    probesToClose: 2,
    throttleMs: 1_000,
    maxThrottleMs: 60_000,
    isolationMs: 60_000,
    lastResortMs: 1_000,
    healthCheckMs: 5_000,
  },
  retry: { minDelayMs: 50, maxDelayMs: 200, maxPatienceMs: 1_000, budgetShare: 0.2, budgetMin: 3 },
  liveness: { minMsPerCharacter: 8, minCharacters: 20 },
  maxCallsInFlight: 2_000,
  aheadMs: 400,
  audioLaneMs: 2_000,
  pictureLaneMs: 2_000,
  maxHoldMs: 200,
  pictureLateMs: 250,
  playoutGraceMs: 3_000,
  drift: {
    enterMs: 30,
    leaveMs: 15,
    gentleRate: 0.05,
    firmRate: 0.2,
    resyncAfterMs: 500,
    resyncPatienceMs: 1_000,
    behindMs: 90,
    behindForMs: 700,
    faceRestMs: 5_000,
    faceCalmMs: 10_000,
  },
  slowVoiceBufferMs: 600,
  silentClientMs: 2_000,
  lostClientMs: 10_000,
  resumeWindowMs: 120_000,
  historyEvents: 1_000,
  historyTurns: 50,
  maxSessions: 1_000,
};
