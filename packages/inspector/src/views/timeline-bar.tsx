interface TimelineBarProps {
  readonly title: string;
  readonly position: number;
  readonly count: number;
  readonly onMove: (position: number) => void;
  readonly onClose: () => void;
}

/** Steps through a recording, one record at a time. */
export const TimelineBar = ({ title, position, count, onMove, onClose }: TimelineBarProps) => (
  <section className="timeline" aria-label="Recording">
    <strong title={title}>{title}</strong>
    <button type="button" className="button" disabled={position <= 1} onClick={() => onMove(position - 1)}>
      Back
    </button>
    <input
      type="range"
      aria-label="Step"
      min={1}
      max={count}
      value={position}
      onChange={(event) => onMove(event.target.valueAsNumber)}
    />
    <button
      type="button"
      className="button"
      disabled={position >= count}
      onClick={() => onMove(position + 1)}
    >
      Forward
    </button>
    <output>
      {position} of {count}
    </output>
    <button type="button" className="button" onClick={onClose}>
      Back to live
    </button>
  </section>
);
