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

/** How the time that a turn has left is split over its stages. */
export interface BudgetPolicy {
  /** The share of it, 0 to 1, that a model may take for its first item. */
  readonly llm: number;
  /** And a voice, for each sentence. */
  readonly tts: number;
  /** And a face. */
  readonly avatar: number;
}

/** What a voice must at least deliver for a sentence. */
export interface LivenessPolicy {
  /** Speech shorter than this per letter or digit of its text has lost something. */
  readonly minMsPerCharacter: number;
  /** Sentences with fewer letters and digits are not measured. */
  readonly minCharacters: number;
}

/** What a user's text has to pass before a model sees it, and a reply before it is spoken. */
export interface GuardPolicy {
  /** Addresses, phone, card and account numbers are replaced before a model sees or anything keeps them. */
  readonly personalData: boolean;
  /** A text that names a forbidden topic of the persona is refused. */
  readonly blockedTopics: boolean;
  /** A text that tries to give the model new orders is refused. */
  readonly injection: boolean;
  /** Suspicion from which on a text is refused; one sure sign counts 1. */
  readonly injectionScore: number;
  /** A reply that contains a key or another credential breaks off before it. */
  readonly secrets: boolean;
  /** How long one check of a plugin may take. */
  readonly checkMs: number;
  /** What becomes of a text whose check fails or is late. */
  readonly onCheckFailure: 'refuse' | 'allow';
}

/** How models may call tools. */
export interface ToolPolicy {
  /** Rounds of calls in one turn; after them the model has to answer with what it knows. */
  readonly maxRounds: number;
  /** Calls of one round that are run; the others are answered with an error. */
  readonly maxCalls: number;
  /** How long one call may take. */
  readonly timeoutMs: number;
  /** Longest result that goes back to the model, in characters. */
  readonly maxResultLength: number;
}

/** How long the answer to the same prompt is kept. */
export interface ReplyCachePolicy {
  /** Answers that are kept; 0 keeps none. */
  readonly maxReplies: number;
  /** Age at which an answer is forgotten. */
  readonly ttlMs: number;
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
  /** Time that was lost to silence nobody planned is made up for by this share, 0 to 1, of each pause before a sentence. */
  readonly trimShare: number;
  /** Lost time beyond this is not made up for. */
  readonly mostTrimMs: number;
}

/** When pictures are made smaller because a client's link does not carry them. */
export interface LinkPolicy {
  /** Bytes that wait in the server's own memory for the client to take; more of them, and pictures wait behind the sound. */
  readonly unsentBytes: number;
  /** A client with less sound than this in hand, while more is under way to it, is about to run dry. */
  readonly thinSoundMs: number;
  /** A link that shows no sign of being pressed for this long is clear. */
  readonly clearAfterMs: number;
  /** A link that is pressed for this long is asked to carry less. */
  readonly pressedForMs: number;
  /** What was sent before a step has this long to drain before another. */
  readonly drainMs: number;
  /** How long a link has to be clear before it is asked to carry more again; each further time twice as long. */
  readonly calmMs: number;
  /** A link that has carried everything for this long has proved itself. */
  readonly forgiveMs: number;
}

/** How speech pauses and how feelings change from one sentence to the next. Pauses are at the voice's own rate. */
export interface ProsodyPolicy {
  /** After a statement. Silence that the voice itself leaves at the end of a sentence counts, for every pause. */
  readonly sentencePauseMs: number;
  /** After a question. */
  readonly questionPauseMs: number;
  /** After an exclamation. */
  readonly exclamationPauseMs: number;
  /** After a sentence that trails off. */
  readonly ellipsisPauseMs: number;
  /** After a clause that was sent out alone. */
  readonly clausePauseMs: number;
  /** Between two lines, such as those of a list. */
  readonly linePauseMs: number;
  /** Between two paragraphs. */
  readonly paragraphPauseMs: number;
  /** How far the intensity of a feeling may change from one sentence to the next, 0 to 1. */
  readonly emotionStep: number;
  /** Share of its intensity, 0 to 1, with which a feeling sets in that takes the place of another. */
  readonly emotionOnset: number;
}

/** Every bound and deadline of the engine in one place. */
export interface Policies {
  /** What a text does while a turn runs: it interrupts it, waits for its end (one at a time) or is rejected. */
  readonly onUserText: 'interrupt' | 'queue' | 'reject';
  /** What a turn does that nobody can speak: it fails, or it goes on as text. */
  readonly withoutVoice: 'fail' | 'text_only';
  /** Commands of a session that wait to take effect; one more is refused. */
  readonly inboundCommands: number;
  /** Work on commands, in milliseconds, after which the event loop serves its sockets before more is done. */
  readonly commandSliceMs: number;
  /** Longest turn; time spent waiting for the client does not count. */
  readonly turnBudgetMs: number;
  /** Longest text of one turn, in characters. */
  readonly maxTextLength: number;
  /** Longest reply that is spoken; what a model says beyond it is cut at a sentence. */
  readonly maxReplyLength: number;
  /** Tokens of a prompt together with its answer, estimated; the oldest turns are dropped first. */
  readonly promptTokens: number;
  /** Longest answer of a model in tokens; this much of `promptTokens` is kept free for it. */
  readonly maxOutputTokens: number;
  /** How models say what a sentence feels like: tags in the text, JSON, or JSON from models that can while no tools are offered. */
  readonly styleHints: 'tags' | 'structured' | 'auto';
  /** How long a model may keep its stream open after it has finished. */
  readonly finishGraceMs: number;
  /** Silence of the model after which the persona says one of its fillers, once per turn. 0: never. */
  readonly fillerAfterMs: number;
  /** No filler once less than this is left of the turn. */
  readonly fillerMinBudgetMs: number;
  /** What texts and replies have to pass. */
  readonly guard: GuardPolicy;
  /** How models may call tools. */
  readonly tools: ToolPolicy;
  /** How long answers are kept for the same prompt. */
  readonly replyCache: ReplyCachePolicy;
  /** When a provider of each stage is late. */
  readonly llm: StageBudget;
  readonly tts: StageBudget;
  readonly avatar: StageBudget;
  /** What of a turn's remaining time a stage may spend on one first item. */
  readonly budget: BudgetPolicy;
  /** When a provider is given a rest. */
  readonly circuit: CircuitPolicy;
  /** When a call is tried again. */
  readonly retry: RetryPolicy;
  /** When speech is too little for its text. */
  readonly liveness: LivenessPolicy;
  /** How speech pauses and how feelings change. */
  readonly prosody: ProsodyPolicy;
  /** Calls at one time to a provider that does not say how many it takes; one more goes elsewhere. */
  readonly maxCallsInFlight: number;
  /** How long an adapter keeps what it opened for a conversation, such as a socket, without a call. */
  readonly conversationIdleMs: number;
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
  /** How long a client that reports how well it hears may take for its last report, after the end of the sound. */
  readonly lastWordMs: number;
  /** When picture and sound are corrected. */
  readonly drift: DriftPolicy;
  /** When pictures are made smaller for a slow link. */
  readonly link: LinkPolicy;
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

/** Policies that are one of several words, by their field's name, and those words. */
export const policyChoices: Readonly<Record<string, readonly string[]>> = {
  onUserText: ['interrupt', 'queue', 'reject'],
  withoutVoice: ['fail', 'text_only'],
  styleHints: ['tags', 'structured', 'auto'],
  onCheckFailure: ['refuse', 'allow'],
};

export const defaultPolicies: Policies = {
  onUserText: 'interrupt',
  withoutVoice: 'fail',
  inboundCommands: 64,
  commandSliceMs: 5,
  turnBudgetMs: 120_000,
  maxTextLength: 4_000,
  maxReplyLength: 12_000,
  promptTokens: 8_000,
  maxOutputTokens: 3_000,
  styleHints: 'auto',
  finishGraceMs: 300,
  fillerAfterMs: 0,
  fillerMinBudgetMs: 10_000,
  guard: {
    personalData: true,
    blockedTopics: true,
    injection: true,
    injectionScore: 1,
    secrets: true,
    checkMs: 300,
    onCheckFailure: 'refuse',
  },
  tools: { maxRounds: 3, maxCalls: 8, timeoutMs: 10_000, maxResultLength: 8_000 },
  replyCache: { maxReplies: 0, ttlMs: 60_000 },
  llm: { firstItemMs: 10_000, idleMs: 5_000 },
  tts: { firstItemMs: 5_000, idleMs: 2_000 },
  avatar: { firstItemMs: 3_000, idleMs: 2_000 },
  budget: { llm: 0.5, tts: 0.5, avatar: 0.5 },
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
  prosody: {
    sentencePauseMs: 200,
    questionPauseMs: 250,
    exclamationPauseMs: 200,
    ellipsisPauseMs: 350,
    clausePauseMs: 100,
    linePauseMs: 300,
    paragraphPauseMs: 500,
    emotionStep: 0.4,
    emotionOnset: 0.6,
  },
  maxCallsInFlight: 2_000,
  conversationIdleMs: 30_000,
  aheadMs: 400,
  audioLaneMs: 2_000,
  pictureLaneMs: 2_000,
  maxHoldMs: 200,
  pictureLateMs: 250,
  playoutGraceMs: 3_000,
  lastWordMs: 300,
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
    trimShare: 0.5,
    mostTrimMs: 1_000,
  },
  link: {
    unsentBytes: 65_536,
    thinSoundMs: 100,
    clearAfterMs: 600,
    pressedForMs: 500,
    drainMs: 1_000,
    calmMs: 8_000,
    forgiveMs: 60_000,
  },
  slowVoiceBufferMs: 600,
  silentClientMs: 2_000,
  lostClientMs: 10_000,
  resumeWindowMs: 120_000,
  historyEvents: 1_000,
  historyTurns: 50,
  maxSessions: 1_000,
};
