import type { AudioBlocked, TthClient } from '@tth/client';
import { type ServerMessage, modelRow } from '@tth/protocol';
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { EmotionChoice } from './choices.ts';
import {
  type Conversation,
  type Stage,
  activeTurn,
  emptyConversation,
  foldConversation,
} from './conversation.ts';

/** What the studio measures of the running playback. `null` until known. */
export interface Measures {
  readonly firstSoundMs: number | null;
  readonly skewMs: number | null;
}

const conversationMessages = [
  'session_created',
  'session_resumed',
  'accepted',
  'turn_started',
  'text_delta',
  'control_report',
  'degraded_mode',
  'turn_completed',
  'turn_stopped',
  'turn_error',
  'error',
] as const satisfies readonly ServerMessage['type'][];

/** The first provider of each stage: the one the router tries first. */
const loadProviders = async (): Promise<Conversation['providers']> => {
  const response = await fetch('/v1/models');
  const body = (await response.json()) as { data?: readonly unknown[] };
  const providers: Partial<Record<Stage, string>> = {};
  for (const row of body.data ?? []) {
    const parsed = modelRow.safeParse(row).data;
    if (parsed) providers[parsed.stage] ??= parsed.id;
  }
  return providers;
};

/** Follows a client: the conversation, what is being said, and how well it goes. */
export const useTalk = (client: TthClient) => {
  const [conversation, dispatch] = useReducer(foldConversation, emptyConversation);
  const [state, setState] = useState(client.state);
  const [caption, setCaption] = useState<string | null>(null);
  const [speaking, setSpeaking] = useState(false);
  const [blocked, setBlocked] = useState<AudioBlocked | null>(null);
  const [measures, setMeasures] = useState<Measures>({ firstSoundMs: null, skewMs: null });
  const askedAt = useRef<number | null>(null);

  useEffect(() => {
    const stops = [
      ...conversationMessages.map((type) =>
        client.on(type, (message) => dispatch({ type: 'message', message: message as ServerMessage })),
      ),
      client.on('state', setState),
      client.on('caption', (next) => setCaption(next?.text ?? null)),
      client.on('audio_blocked', setBlocked),
      client.on('audible', (audible) => audible && setBlocked(null)),
      client.on('client_error', ({ message }) =>
        dispatch({ type: 'failed', problem: { what: message, todo: '' } }),
      ),
      client.on('playback', ({ skewMs }) => setMeasures((before) => ({ ...before, skewMs }))),
      client.on('speaking', (isSpeaking) => {
        setSpeaking(isSpeaking);
        const asked = askedAt.current;
        if (!isSpeaking || asked === null) return;
        askedAt.current = null;
        setMeasures((before) => ({ ...before, firstSoundMs: performance.now() - asked }));
      }),
    ];
    loadProviders().then(
      (providers) => dispatch({ type: 'models', providers }),
      () => undefined, // The names of the providers are an extra; the conversation goes on without them.
    );
    return () => stops.forEach((stop) => stop());
  }, [client]);

  const enableAudio = useCallback(() => {
    setBlocked(null);
    void client.enableAudio();
  }, [client]);

  const ask = useCallback(
    (text: string, { emotion, speaker }: { emotion: EmotionChoice; speaker: string }) => {
      setBlocked(null);
      askedAt.current = performance.now();
      const controls = emotion === 'auto' ? {} : { emotion: { label: emotion, intensity: 0.85 } };
      try {
        const { clientMsgId, done } = client.send(text, { controls });
        dispatch({ type: 'asked', clientMsgId, text, speaker });
        // What the server says of a turn has been shown by then; this is for turns it can say nothing about any more.
        void done.then(({ error }) => {
          if (error)
            dispatch({
              type: 'failed',
              clientMsgId,
              problem: { what: error.message, todo: 'Send it again.' },
            });
        });
      } catch (error) {
        const what = error instanceof Error ? error.message : 'The message could not be sent.';
        dispatch({ type: 'failed', problem: { what, todo: '' } });
      }
    },
    [client],
  );

  const interrupt = useCallback(() => {
    askedAt.current = null;
    if (client.state === 'open' || client.state === 'reconnecting') client.interrupt();
  }, [client]);

  const busy = activeTurn(conversation) !== undefined || speaking;
  return {
    conversation,
    dispatch,
    state,
    caption,
    speaking,
    busy,
    blocked,
    measures,
    enableAudio,
    ask,
    interrupt,
  };
};
