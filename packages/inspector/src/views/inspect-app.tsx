import type { InspectMessage } from '@tth/protocol';
import { useCallback, useEffect, useState } from 'react';
import { formatRecording } from '../feed/recording.ts';
import { chooseActor } from '../model/tree.ts';
import { ActorPanel } from './actor-panel.tsx';
import { Circuits } from './circuits.tsx';
import { EventLog } from './event-log.tsx';
import { SessionList } from './session-list.tsx';
import { TimelineBar } from './timeline-bar.tsx';
import { useFeed } from './use-feed.ts';
import { useFileDrop, useRecording } from './use-recording.ts';

const stateNames = {
  connecting: 'Connecting',
  open: 'Live',
  waiting: 'Reconnecting',
  refused: 'Refused by the server',
  closed: 'Closed',
} as const;

const download = (messages: readonly InspectMessage[]): void => {
  const url = URL.createObjectURL(new Blob([formatRecording(messages)], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `tth-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.jsonl`;
  link.click();
  URL.revokeObjectURL(url);
};

/** The page's clock, a few times a second: for times that grow while nothing happens. */
const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};

/** Every machine of the server: live, or from a recording. */
export const InspectApp = ({ url }: { readonly url: string }) => {
  const feed = useFeed(url);
  const recording = useRecording();
  const [chosen, setChosen] = useState<string | null>(null);
  const pageNow = useNow(500);
  const { open } = recording;
  const openFile = useCallback((file: File) => void open(file), [open]);
  const dragging = useFileDrop(openFile);

  const model = recording.model ?? feed.model;
  const nowMs = recording.opened ? model.nowMs : model.nowMs + Math.max(0, pageNow - feed.receivedAt);
  const selected = chosen !== null && model.actors.has(chosen) ? chosen : chooseActor(model);
  const step = () => recording.show('What was seen so far', feed.recording());

  return (
    <div className="inspect" data-dragging={dragging}>
      <header className="top">
        <a className="brand" href="/inspector" aria-label="TTH inspector">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>TTH</span>
        </a>
        <span className="connection" data-testid="state" data-state={feed.state} role="status">
          {stateNames[feed.state]}
          {model.version !== null && ` · ${model.version}`}
        </span>
        {model.lost > 0 && <span className="lost">{model.lost} records lost</span>}
        <div className="actions">
          <button type="button" className="button" disabled={model.seen === 0} onClick={step}>
            Step through
          </button>
          <button
            type="button"
            className="button"
            disabled={model.seen === 0}
            onClick={() => download(recording.opened?.steps ?? feed.recording())}
          >
            Save recording
          </button>
          <label className="button file">
            Open recording
            <input
              type="file"
              accept=".jsonl"
              onChange={(event) => {
                const file = event.target.files?.[0];
                if (file) openFile(file);
                event.target.value = '';
              }}
            />
          </label>
        </div>
        <a className="quiet-link" href="/">
          Talk
        </a>
      </header>
      {recording.problem !== null && (
        <p className="banner" role="alert">
          {recording.problem}
          <button type="button" className="button" onClick={recording.dismiss}>
            Close
          </button>
        </p>
      )}
      {recording.opened && (
        <TimelineBar
          title={recording.opened.title}
          position={recording.opened.position}
          count={recording.opened.steps.length}
          onMove={recording.moveTo}
          onClose={recording.close}
        />
      )}
      <Circuits actors={model.actors} onSelect={setChosen} />
      <main>
        <nav className="pane" aria-label="Actors">
          <SessionList actors={model.actors} nowMs={nowMs} selected={selected} onSelect={setChosen} />
        </nav>
        <section className="pane" aria-label="Actor">
          <ActorPanel model={model} actor={selected} nowMs={nowMs} />
        </section>
        <section className="pane" aria-label="Log">
          <EventLog log={model.log} onSelect={setChosen} />
        </section>
      </main>
    </div>
  );
};
