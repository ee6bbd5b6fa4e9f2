import { maxTextLength } from '@tth/protocol';
import { type FormEvent, type KeyboardEvent, useState } from 'react';

interface ComposerProps {
  readonly name: string;
  readonly busy: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

/** Where one writes. Enter sends, Shift+Enter makes a new line. */
export const Composer = ({ name, busy, onSend, onStop }: ComposerProps) => {
  const [text, setText] = useState('');

  const submit = () => {
    if (text.trim() === '') return;
    onSend(text.trim());
    setText('');
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form className="composer" onSubmit={onSubmit}>
      <textarea
        data-testid="input"
        aria-label={`Your message to ${name}`}
        placeholder={`Say something to ${name}`}
        rows={1}
        maxLength={maxTextLength}
        enterKeyHint="send"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="button"
        className="button stop"
        data-testid="stop"
        disabled={!busy}
        aria-keyshortcuts="Escape"
        title="Stop speaking (Esc)"
        onClick={onStop}
      >
        Stop
      </button>
      <button type="submit" className="button primary" data-testid="send" disabled={text.trim() === ''}>
        Send
      </button>
    </form>
  );
};
