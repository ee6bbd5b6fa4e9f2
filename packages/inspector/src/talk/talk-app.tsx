import type { TthClient } from '@tth/client';
import { type CharacterId, characters, isCharacterId } from '@tth/face';
import { useCallback, useEffect, useState } from 'react';
import { ChoiceRow } from './choice-row.tsx';
import { type EmotionChoice, characterChoices, emotionChoices, suggestions } from './choices.ts';
import { Composer } from './composer.tsx';
import { Banner, ConnectionState } from './connection.tsx';
import { Stage } from './stage.tsx';
import { StatusLine } from './status-line.tsx';
import { Transcript } from './transcript.tsx';
import { useTalk } from './use-talk.ts';
import { Volume } from './volume.tsx';

/** A refusal shows as the state `closed`, with the server's reason as an `error` message. */
export const connect = (client: TthClient): Promise<unknown> => client.connect().catch(() => undefined);

const useEscape = (act: () => void): void => {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.isComposing) act();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [act]);
};

const Suggestions = ({ onChoose }: { readonly onChoose: (text: string) => void }) => (
  <ul className="suggestions" aria-label="Suggestions">
    {suggestions.map((text) => (
      <li key={text}>
        <button type="button" className="chip" onClick={() => onChoose(text)}>
          {text}
        </button>
      </li>
    ))}
  </ul>
);

/** The studio: a face, a conversation, and the few controls a newcomer needs. */
export const TalkApp = ({ client }: { readonly client: TthClient }) => {
  const talk = useTalk(client);
  const { conversation, dispatch, interrupt } = talk;
  const [emotion, setEmotion] = useState<EmotionChoice>('auto');
  const [chosen, setChosen] = useState<CharacterId | null>(null);
  useEscape(interrupt);

  const identity = chosen ?? conversation.identity ?? 'mira';
  const name = isCharacterId(identity) ? characters[identity].displayName : conversation.name;
  const ask = (text: string) => talk.ask(text, { emotion, speaker: name });

  const choose = useCallback(
    (id: CharacterId) => {
      setChosen(id);
      client.setControls({ render: { identity: id }, character: { personaId: id } });
    },
    [client],
  );

  return (
    <div className="talk">
      <header className="top">
        <a className="brand" href="/" aria-label="TTH studio">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>TTH</span>
        </a>
        <ConnectionState state={talk.state} />
        <a className="quiet-link" href="/inspector">
          Inspect
        </a>
      </header>
      <Banner
        state={talk.state}
        problem={conversation.problem}
        onConnect={() => void connect(client)}
        onDismiss={() => dispatch({ type: 'dismissed' })}
      />
      <main>
        <div className="studio">
          <Stage
            client={client}
            name={name}
            caption={talk.caption}
            speaking={talk.speaking}
            blocked={talk.blocked}
            onEnableAudio={talk.enableAudio}
          >
            {conversation.turns.length === 0 && <Suggestions onChoose={ask} />}
          </Stage>
          <Composer name={name} busy={talk.busy} onSend={ask} onStop={interrupt} />
          <StatusLine providers={conversation.providers} measures={talk.measures} />
        </div>
        <aside>
          <section className="controls" aria-label="Controls">
            <ChoiceRow
              label="Character"
              choices={characterChoices}
              value={isCharacterId(identity) ? identity : null}
              onChange={choose}
            />
            <Volume client={client} />
            <ChoiceRow label="Feeling" choices={emotionChoices} value={emotion} onChange={setEmotion} />
          </section>
          <Transcript turns={conversation.turns} name={name} />
        </aside>
      </main>
    </div>
  );
};
