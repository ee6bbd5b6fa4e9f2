import {
  type SessionId,
  type SpeechControl,
  type SpeechOutput,
  type TtsImplementation,
  neutralControls,
  silentLog,
  systemClock,
} from '@tth/core/plugin';
import { type TestContext, createInferContext, startAdapter } from '@tth/testkit';
import plugin from '../src/index.ts';
import { type FakeElevenLabs, fakeKey } from './fake-elevenlabs.ts';

type Session = Awaited<ReturnType<NonNullable<TtsImplementation['openSession']>>>;

const { personaId: _, ...character } = neutralControls.character;
export const neutral: SpeechControl = { ...character, emotion: neutralControls.emotion };

/** A started voice with the session of one conversation. */
export interface StartedVoice {
  readonly session: Session;
  /** Another conversation. */
  converse(): Promise<Session>;
  close(): Promise<void>;
}

export const startVoice = async (fake: FakeElevenLabs, options: object = {}): Promise<StartedVoice> => {
  const { adapter, close } = await startAdapter(plugin, 'tts', 'elevenlabs', {
    options: { baseUrl: fake.url, ...options },
    secrets: { reveal: () => fakeKey },
  });
  const converse = (): Promise<Session> =>
    adapter.openSession!({
      sessionId: 's_test' as SessionId,
      signal: new AbortController().signal,
      clock: systemClock,
      log: silentLog,
    });
  return { session: await converse(), converse, close };
};

export interface Speaking {
  readonly items: SpeechOutput[];
  readonly context: TestContext;
  readonly abort: AbortController;
  /** Resolves with what it threw, or `undefined`. */
  readonly ended: Promise<unknown>;
}

export interface SpeakOptions {
  readonly control?: Partial<SpeechControl>;
  readonly previousText?: string;
  readonly nextText?: string;
  /** Called with each item; what it resolves is waited for. */
  readonly onItem?: (items: readonly SpeechOutput[], abort: AbortController) => Promise<void> | void;
}

/** Speaks a text and takes down what comes. */
export const speak = (
  session: Session,
  text: string,
  { control = {}, previousText = '', nextText = '', onItem }: SpeakOptions = {},
): Speaking => {
  const abort = new AbortController();
  const items: SpeechOutput[] = [];
  const context = createInferContext({ signal: abort.signal });
  const input = { text, previousText, nextText };
  const read = async (): Promise<unknown> => {
    try {
      for await (const item of session.inferStream(input, { ...neutral, ...control }, context)) {
        items.push(item);
        await onItem?.(items, abort);
      }
      return undefined;
    } catch (error) {
      return error ?? new Error('It threw nothing.');
    }
  };
  return { items, context, abort, ended: read() };
};

export const samplesOf = ({ items }: Pick<Speaking, 'items'>): number =>
  items.reduce((sum, { pcm }) => sum + pcm.length, 0);

export const wordsOf = ({ items }: Pick<Speaking, 'items'>): string[] =>
  items.flatMap(({ words }) => words.map(({ text }) => text));

export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};
