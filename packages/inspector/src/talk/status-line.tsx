import type { Conversation } from './conversation.ts';
import type { Measures } from './use-talk.ts';

interface StatusLineProps {
  readonly providers: Conversation['providers'];
  readonly measures: Measures;
}

const orDash = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`);

/** Who does the work and how fast, in one quiet line. */
export const StatusLine = ({ providers, measures }: StatusLineProps) => (
  <dl className="status-line" data-testid="status">
    <div title="The models in use: text, voice, face">
      <dt>Models</dt>
      <dd>{[providers.llm, providers.tts, providers.avatar].filter(Boolean).join(' · ') || '–'}</dd>
    </div>
    <div title="From sending to the first sound of the last answer">
      <dt>First sound</dt>
      <dd>{orDash(measures.firstSoundMs)}</dd>
    </div>
    <div title="Picture ahead of (+) or behind (−) the sound">
      <dt>Lip sync</dt>
      <dd>{orDash(measures.skewMs)}</dd>
    </div>
  </dl>
);
