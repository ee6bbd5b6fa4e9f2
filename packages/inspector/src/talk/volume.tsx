import type { TthClient } from '@tth/client';
import { useEffect, useState } from 'react';

/** Loudness of the avatar, with a mute button that remembers the slider. */
export const Volume = ({ client }: { readonly client: TthClient }) => {
  const [percent, setPercent] = useState(100);
  const [muted, setMuted] = useState(false);
  const audible = muted ? 0 : percent;

  useEffect(() => client.setVolume(audible / 100), [client, audible]);

  return (
    <div className="volume">
      <button
        type="button"
        className="icon-button"
        aria-pressed={muted}
        aria-label={muted ? 'Unmute' : 'Mute'}
        title={muted ? 'Unmute' : 'Mute'}
        onClick={() => setMuted(!muted)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path className="solid" d="M4 9.5v5h3.4L12 18.6V5.4L7.4 9.5z" />
          {audible > 0 ? <path d="M15 9.2a4 4 0 0 1 0 5.6" /> : <path d="m15.4 9.8 4.4 4.4m0-4.4-4.4 4.4" />}
          {audible > 50 && <path d="M17.6 6.6a7.6 7.6 0 0 1 0 10.8" />}
        </svg>
      </button>
      <input
        type="range"
        data-testid="volume"
        aria-label="Volume"
        min={0}
        max={100}
        value={audible}
        onChange={(event) => {
          setMuted(false);
          setPercent(event.target.valueAsNumber);
        }}
      />
    </div>
  );
};
