import { type AudioBlocked, type TthClient, needsClick } from '@tth/client';
import { type ReactNode, useEffect, useRef } from 'react';

interface StageProps {
  readonly client: TthClient;
  readonly name: string;
  readonly caption: string | null;
  readonly speaking: boolean;
  readonly blocked: AudioBlocked | null;
  readonly onEnableAudio: () => void;
  /** Stands where captions appear, before the first. */
  readonly children: ReactNode;
}

const sidePx = 512;
const maxScale = 2;

/** The face, drawn by the client, and what it is saying. */
export const Stage = ({ client, name, caption, speaking, blocked, onEnableAudio, children }: StageProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    return canvas.current ? client.attachCanvas(canvas.current) : undefined;
  }, [client]);

  const size = sidePx * Math.min(maxScale, Math.max(1, Math.ceil(globalThis.devicePixelRatio)));
  return (
    <figure className="stage" data-speaking={speaking}>
      <div className="portrait">
        <canvas
          ref={canvas}
          data-testid="face"
          role="img"
          aria-label={`${name}, the avatar`}
          width={size}
          height={size}
        />
        {blocked && needsClick(blocked) && (
          <button type="button" className="button primary sound" data-testid="sound" onClick={onEnableAudio}>
            Tap for sound
          </button>
        )}
        {blocked && !needsClick(blocked) && (
          <p className="sound-notice" data-testid="sound" role="alert">
            {blocked.message}
          </p>
        )}
      </div>
      <div className="below-face">
        {children}
        <figcaption className="caption" data-testid="caption" aria-live="polite">
          {caption}
        </figcaption>
      </div>
    </figure>
  );
};
