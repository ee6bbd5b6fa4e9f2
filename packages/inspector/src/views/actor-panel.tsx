import type { InspectorModel } from '../feed/fold.ts';
import { eventLabel } from '../layout/labels.ts';
import { actorName } from '../model/names.ts';
import { ago, clockTime } from './format.ts';
import { Statechart } from './statechart.tsx';

const firstWallMs = Date.UTC(2000);

/** A value of a context as text; wall times as times of day. */
const show = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && value > firstWallMs) return clockTime(value);
  return JSON.stringify(value) ?? '';
};

const ContextView = ({ view }: { readonly view: Readonly<Record<string, unknown>> }) => {
  const entries = Object.entries(view).filter(([, value]) => value !== '' && value !== null);
  if (entries.length === 0) return null;
  return (
    <dl className="context">
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{show(value)}</dd>
        </div>
      ))}
    </dl>
  );
};

interface ActorPanelProps {
  readonly model: InspectorModel;
  readonly actor: string | null;
  readonly nowMs: number;
}

/** One actor: its state, its values, its chart. */
export const ActorPanel = ({ model, actor, nowMs }: ActorPanelProps) => {
  const view = actor === null ? undefined : model.actors.get(actor);
  if (!view) return <p className="empty">Choose an actor to see its statechart.</p>;
  const { row, changedAtMs, lastEvent } = view;
  const chart = row.machine === null ? undefined : model.charts[row.machine];
  return (
    <>
      <header className="actor-head">
        <h2>{actorName(row)}</h2>
        <span className="value" data-status={row.status}>
          {row.value || row.status}
        </span>
        <p>
          {row.system}
          {changedAtMs !== null &&
            ` · ${changedAtMs > nowMs - 1_000 ? 'changed now' : `for ${ago(nowMs - changedAtMs)}`}`}
          {lastEvent !== null && (
            <>
              {' · last event '}
              <code>{eventLabel(lastEvent)}</code>
            </>
          )}
        </p>
      </header>
      <ContextView view={row.view} />
      {chart ? (
        <div className="chart-scroll" tabIndex={0} role="region" aria-label="Statechart">
          <Statechart chart={chart} value={row.value} />
        </div>
      ) : (
        <p className="empty">This actor has no machine to draw: it does one thing and ends.</p>
      )}
    </>
  );
};
