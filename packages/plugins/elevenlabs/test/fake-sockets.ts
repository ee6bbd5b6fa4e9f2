import type { Socket as NetSocket } from 'node:net';
import type { AudioOutputMulti } from '@elevenlabs/elevenlabs-js/dist/serialization/types/AudioOutputMulti.js';
import type { FinalOutputMulti } from '@elevenlabs/elevenlabs-js/dist/serialization/types/FinalOutputMulti.js';
import type { TextToDialogueWebsocketAudioChunk } from '@elevenlabs/elevenlabs-js/dist/serialization/types/TextToDialogueWebsocketAudioChunk.js';
import type { TextToDialogueWebsocketError } from '@elevenlabs/elevenlabs-js/dist/serialization/types/TextToDialogueWebsocketError.js';
import type { TextToDialogueWebsocketFinal } from '@elevenlabs/elevenlabs-js/dist/serialization/types/TextToDialogueWebsocketFinal.js';
import type { TextToDialogueWebsocketFinalAudioForTurn } from '@elevenlabs/elevenlabs-js/dist/serialization/types/TextToDialogueWebsocketFinalAudioForTurn.js';
import type { WebSocket } from 'ws';
import type { FakeScript } from './fake-script.ts';
import { type SpokenFrame, rest, speak } from './fake-speech.ts';

/** What a client may send on the socket with several contexts. */
export interface ContextMessage {
  readonly text?: string;
  readonly voice_settings?: { readonly speed?: number; readonly stability?: number };
  readonly generation_config?: object;
  readonly context_id?: string;
  readonly flush?: boolean;
  readonly close_context?: boolean;
  readonly close_socket?: boolean;
}

/** What a client may send on the dialogue socket. */
export interface DialogueMessage {
  readonly voices?: readonly string[];
  readonly voice_settings?: { readonly stability?: number };
  readonly inputs?: readonly { readonly text: string; readonly voice_id: string }[];
  readonly flush?: boolean;
  readonly keep_alive?: boolean;
  readonly close_socket?: boolean;
}

/** A sentence that a socket was given. */
export interface SpokenSentence {
  readonly id: string;
  readonly text: string;
  readonly settings: Readonly<Record<string, unknown>>;
  sentFrames: number;
  isFinal: boolean;
}

/** One end of a socket, and what is written down of it. */
export interface Wire {
  readonly connection: WebSocket;
  readonly query: URLSearchParams;
  readonly script: () => FakeScript;
  readonly received: unknown[];
  readonly sentences: SpokenSentence[];
  /** Resolves when finals may be told. */
  readonly finals: () => Promise<void>;
  readonly onPiece: () => void;
}

const mostContexts = 5;
/** Characters that a dialogue waits for when it is not told to begin. */
const dialogueBuffer = 40;

const send = ({ connection, onPiece }: Wire, message: object): Promise<void> =>
  new Promise((resolve) => {
    if (connection.readyState !== connection.OPEN) {
      resolve();
      return;
    }
    onPiece();
    connection.send(JSON.stringify(message), () => resolve());
  });

const fail = (wire: Wire, error: string, code = 1008): void => {
  const said = { message: 'It went wrong.', error, code } satisfies TextToDialogueWebsocketError.Raw;
  void send(wire, said).then(() => wire.connection.close(code));
};

/** True when the sentence is to go on. */
const misbehave = async (wire: Wire, sent: number): Promise<boolean> => {
  const { after, instead } = wire.script();
  if (after !== sent || instead === undefined) return true;
  const { connection } = wire;
  const raw = (connection as unknown as { _socket: NetSocket })._socket;
  if (instead === 'hang') return false;
  // What was written so far is to arrive before the end does.
  if (instead === 'fin') raw.end();
  else if (instead === 'rst') setImmediate(() => raw.resetAndDestroy());
  else if (instead === 'noise') {
    for (const nonsense of ['{"no', Uint8Array.of(1, 2, 3)]) connection.send(nonsense);
    connection.close(1000);
  } else if ('error' in instead) fail(wire, instead.error, instead.code);
  else connection.close(instead.close, instead.reason);
  return false;
};

/** Sends a sentence frame by frame. Resolves with false where it does not come to its end. */
const perform = async (
  wire: Wire,
  sentence: SpokenSentence,
  frames: readonly SpokenFrame[],
  write: (frame: SpokenFrame, hasTimes: boolean) => object,
): Promise<boolean> => {
  for (const [at, frame] of frames.entries()) {
    const { everyMs = 0, alignment } = wire.script();
    if (!(await misbehave(wire, at))) return false;
    const hasTimes = alignment !== 'none' && (alignment !== 'every other' || at % 2 === 0);
    await send(wire, write(frame, hasTimes && wire.query.get('sync_alignment') === 'true'));
    sentence.sentFrames += 1;
    await rest(everyMs);
  }
  return await misbehave(wire, frames.length);
};

/** A client that says nothing for long is told so and left. */
const watchInactivity = (wire: Wire): (() => void) => {
  const limitMs = wire.script().inactivityMs ?? Number(wire.query.get('inactivity_timeout') ?? 20) * 1_000;
  const timer = setTimeout(() => fail(wire, 'input_timeout_exceeded'), limitMs);
  wire.connection.on('close', () => clearTimeout(timer));
  return () => timer.refresh();
};

const toBase64 = ({ sound }: SpokenFrame): string => sound.toString('base64');

/** A frame of a context, as the documentation spells it and as others have seen it. */
const contextFrame = (frame: SpokenFrame, contextId: string, hasTimes: boolean, isSeen: boolean): object => {
  const { chars, startsMs, durationsMs } = frame;
  if (isSeen) {
    const alignment = { chars, charsStartTimesMs: startsMs, charsDurationsMs: durationsMs };
    return { audio: toBase64(frame), context_id: contextId, alignment: hasTimes ? alignment : null };
  }
  const alignment = { chars, charStartTimesMs: startsMs, charDurationsMs: durationsMs };
  return {
    audio: toBase64(frame),
    contextId,
    alignment: hasTimes ? alignment : null,
    normalizedAlignment: hasTimes ? alignment : null,
  } satisfies AudioOutputMulti.Raw;
};

/** `/v1/text-to-speech/{voice}/multi-stream-input`. */
export const serveContexts = (wire: Wire): void => {
  interface Context {
    readonly settings: NonNullable<ContextMessage['voice_settings']>;
    text: string;
    work: Promise<boolean>;
  }
  const contexts = new Map<string, Context>();
  const stirred = watchInactivity(wire);

  const generate = (id: string, context: Context): void => {
    const { text, settings } = context;
    context.text = '';
    if (text.trim() === '') return;
    const sentence: SpokenSentence = { id, text, settings: { ...settings }, sentFrames: 0, isFinal: false };
    wire.sentences.push(sentence);
    const isSeen = wire.script().spelling === 'seen';
    const frames = speak(text, { ...wire.script(), speed: settings.speed ?? 1 });
    context.work = context.work.then((goesOn) =>
      goesOn
        ? perform(wire, sentence, frames, (frame, hasTimes) => contextFrame(frame, id, hasTimes, isSeen))
        : false,
    );
  };
  const finish = async (id: string, context: Context): Promise<void> => {
    if (!(await context.work)) return;
    await wire.finals();
    contexts.delete(id);
    const sentence = wire.sentences.findLast((each) => each.id === id);
    if (sentence !== undefined) sentence.isFinal = true;
    const isSeen = wire.script().spelling === 'seen';
    await send(
      wire,
      isSeen
        ? { audio: null, context_id: id, is_final: true }
        : ({ isFinal: true, contextId: id } satisfies FinalOutputMulti.Raw),
    );
    if (isSeen) await send(wire, { type: 'flush_done', context_id: id });
  };
  const open = (id: string, { text, voice_settings: settings = {} }: ContextMessage): void => {
    if (contexts.size >= mostContexts) fail(wire, 'max_active_conversations');
    else if (text !== ' ') fail(wire, 'invalid_input_message');
    else contexts.set(id, { settings, text: '', work: Promise.resolve(true) });
  };

  wire.connection.on('message', (data: Buffer) => {
    stirred();
    const message = JSON.parse(data.toString()) as ContextMessage;
    wire.received.push(message);
    const { context_id: id = 'default', text = '' } = message;
    // Nothing but a sign of life.
    if (message.text === '' && message.flush !== true) return;
    if (message.close_socket === true) {
      wire.connection.close(1000);
      return;
    }
    const context = contexts.get(id);
    if (context === undefined) {
      open(id, message);
      return;
    }
    if (message.voice_settings !== undefined || message.generation_config !== undefined) {
      fail(wire, 'invalid_input_message');
      return;
    }
    if (message.close_context === true) {
      void finish(id, context);
      return;
    }
    context.text += text;
    if (message.flush === true) generate(id, context);
  });
};

/** `/v1/text-to-dialogue/stream-input`. */
export const serveDialogue = (wire: Wire): void => {
  let voices: readonly string[] | undefined;
  let stability: number | undefined;
  let text = '';
  let work = Promise.resolve(true);
  const stirred = watchInactivity(wire);

  const generate = (): void => {
    if (text.trim() === '') return;
    const settings = { stability };
    const sentence: SpokenSentence = { id: 'dialogue', text, settings, sentFrames: 0, isFinal: false };
    wire.sentences.push(sentence);
    const frames = speak(text, wire.script());
    text = '';
    const write = (frame: SpokenFrame, hasTimes: boolean): object => {
      const { chars, startsMs, durationsMs } = frame;
      const alignment = { chars, char_start_times_ms: startsMs, char_durations_ms: durationsMs };
      return {
        audio: toBase64(frame),
        alignment: hasTimes ? alignment : null,
      } satisfies TextToDialogueWebsocketAudioChunk.Raw;
    };
    work = work.then(async (goesOn) => {
      if (!goesOn || !(await perform(wire, sentence, frames, write))) return false;
      await send(wire, {
        is_final_audio_for_turn: true,
      } satisfies TextToDialogueWebsocketFinalAudioForTurn.Raw);
      sentence.isFinal = true;
      return true;
    });
  };
  const finish = async (): Promise<void> => {
    generate();
    if (!(await work)) return;
    await wire.finals();
    await send(wire, { is_final: true } satisfies TextToDialogueWebsocketFinal.Raw);
    wire.connection.close(1000);
  };

  wire.connection.on('message', (data: Buffer) => {
    stirred();
    const message = JSON.parse(data.toString()) as DialogueMessage;
    wire.received.push(message);
    const { inputs = [] } = message;
    const isFirst = voices === undefined;
    const isOdd =
      isFirst !== (message.voices !== undefined) ||
      (message.voice_settings !== undefined && Object.keys(message.voice_settings).join() !== 'stability') ||
      inputs.some(({ voice_id: voice }) => !(message.voices ?? voices ?? []).includes(voice));
    if (isOdd) {
      fail(wire, 'invalid_input_message');
      return;
    }
    voices ??= message.voices;
    stability ??= message.voice_settings?.stability;
    text += inputs.map((input) => input.text).join('');
    if (message.flush === true || text.length >= dialogueBuffer) generate();
    if (message.close_socket === true) void finish();
  });
};
