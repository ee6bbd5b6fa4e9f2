import { useMemo, useState } from 'react';
import type { LogRow } from '../feed/fold.ts';
import { eventLabel } from '../layout/labels.ts';
import { clockTime } from './format.ts';

interface EventLogProps {
  readonly log: readonly LogRow[];
  readonly onSelect: (actor: string) => void;
}

const matches = (row: LogRow, wanted: string): boolean =>
  `${row.kind} ${row.system} ${row.name} ${row.text} from ${row.fromName ?? ''}`
    .toLowerCase()
    .includes(wanted);

/** What happened, newest first. Filtering and pausing change the view, never what is kept. */
export const EventLog = ({ log, onSelect }: EventLogProps) => {
  const [filter, setFilter] = useState('');
  const [paused, setPaused] = useState<readonly LogRow[] | null>(null);
  const shown = paused ?? log;
  const rows = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return shown.filter((row) => matches(row, wanted)).toReversed();
  }, [shown, filter]);

  return (
    <>
      <div className="log-tools">
        <input
          type="search"
          placeholder="Filter events"
          aria-label="Filter events"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <button
          type="button"
          className="button"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? log : null)}
        >
          {paused === null ? 'Pause' : 'Resume'}
        </button>
      </div>
      <ol className="log" aria-label="Events, newest first" tabIndex={0}>
        {rows.map((row) => (
          <li key={row.key} data-kind={row.kind}>
            <time>{clockTime(row.wallMs)}</time>
            {row.name === '' ? (
              <span />
            ) : (
              <button type="button" title={row.system} onClick={() => onSelect(row.actor)}>
                {row.name}
              </button>
            )}
            <span className="log-text">
              {row.kind === 'event' ? eventLabel(row.text) : row.text}
              {row.fromName !== null && <em> from {row.fromName}</em>}
            </span>
          </li>
        ))}
        {rows.length === 0 && (
          <li className="empty">{filter === '' ? 'Nothing has happened yet.' : 'Nothing matches.'}</li>
        )}
      </ol>
    </>
  );
};
