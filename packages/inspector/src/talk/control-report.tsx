import { type ControlOutcome, reportRows, summarizeReport } from './control-report.ts';

/** What became of the controls of a turn: a line that opens where something is not as asked. */
export const ControlReport = ({ outcomes }: { readonly outcomes: readonly ControlOutcome[] }) => {
  if (outcomes.length === 0) return null;
  const rows = reportRows(outcomes);
  return (
    <details
      className="control-report"
      data-testid="controls-report"
      open={rows.some(({ verdict }) => verdict !== 'good')}
    >
      <summary>Controls: {summarizeReport(rows)}</summary>
      <ul>
        {rows.map(({ key, name, value, by, verdict, reason }) => (
          <li key={key} data-verdict={verdict}>
            <b>{name}</b> {value} <span className="by">{by}</span>
            {reason !== null && <span className="why">{reason}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
};
