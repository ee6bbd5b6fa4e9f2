import { useEffect, useRef } from 'react';
import { ControlReport } from './control-report.tsx';
import { type TurnView, splitHeard } from './conversation.ts';

const stopWords = {
  interrupt: 'You stopped the answer here.',
  replaced: 'You went on before the answer was over.',
  session_closed: 'The conversation was closed here.',
} as const;

const Answer = ({ turn }: { readonly turn: TurnView }) => {
  const [heard, unheard] = splitHeard(turn);
  if (heard === '' && unheard === '') return null;
  return (
    <p className="bubble answer">
      {heard}
      {unheard !== '' && (
        <s className="unheard" title="Not spoken any more">
          {unheard}
        </s>
      )}
    </p>
  );
};

const Turn = ({ turn }: { readonly turn: TurnView }) => (
  <li className="turn" data-status={turn.status}>
    {turn.question !== '' && (
      <div className="said by-you">
        <span className="who">You</span>
        <p className="bubble">{turn.question}</p>
      </div>
    )}
    <div className="said">
      <span className="who">{turn.speaker}</span>
      <Answer turn={turn} />
      {turn.status === 'waiting' && (
        <p className="thinking" aria-label="Thinking">
          <i />
          <i />
          <i />
        </p>
      )}
      {turn.stopReason && <p className="mark">{stopWords[turn.stopReason]}</p>}
      {turn.notes.map((note) => (
        <p key={note} className="mark">
          {note}
        </p>
      ))}
      <ControlReport outcomes={turn.controls} />
      {turn.problem && (
        <p className="mark problem" role="alert">
          <strong>{turn.problem.what}</strong> {turn.problem.todo}
        </p>
      )}
    </div>
  </li>
);

interface TranscriptProps {
  readonly turns: readonly TurnView[];
  readonly name: string;
}

/** What was said so far; keeps the newest in view unless the reader has scrolled up. */
export const Transcript = ({ turns, name }: TranscriptProps) => {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);

  useEffect(() => {
    const element = list.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [turns]);

  const onScroll = () => {
    const element = list.current;
    if (element) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < 48;
  };

  return (
    <section className="transcript" aria-label="Conversation">
      <h2>Conversation</h2>
      <ol ref={list} data-testid="transcript" onScroll={onScroll} tabIndex={0}>
        {turns.map((turn) => (
          <Turn key={turn.key} turn={turn} />
        ))}
        {turns.length === 0 && (
          <li className="empty">
            What you and {name} say appears here. Nothing leaves this server unless you connect a provider
            that does.
          </li>
        )}
      </ol>
    </section>
  );
};
