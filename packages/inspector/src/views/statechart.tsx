import type { ChartState } from '@tth/protocol';
import { memo, useMemo } from 'react';
import { type ChartEdge, type StateBox, activePaths, layoutChart } from '../layout/statechart.ts';

const cornerPx = 6;

/** A polyline with rounded corners. */
const toPath = ({ points }: ChartEdge): string => {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((point, index) => {
    const next = rest[index + 1];
    if (!next) return `L${point[0]} ${point[1]}`;
    const before = points[index] ?? first;
    const toward = (to: readonly [number, number]) => {
      const length = Math.hypot(to[0] - point[0], to[1] - point[1]) || 1;
      const cut = Math.min(cornerPx, length / 2) / length;
      return `${point[0] + (to[0] - point[0]) * cut} ${point[1] + (to[1] - point[1]) * cut}`;
    };
    return `L${toward(before)} Q${point[0]} ${point[1]} ${toward(next)}`;
  });
  return `M${first[0]} ${first[1]} ${parts.join(' ')}`;
};

const Box = memo(({ box, active }: { readonly box: StateBox; readonly active: boolean }) => (
  <g className="state" data-active={active} data-type={box.type} data-depth={box.depth}>
    <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={10} />
    {box.type === 'final' && (
      <rect
        className="inner"
        x={box.x + 3}
        y={box.y + 3}
        width={box.width - 6}
        height={box.height - 6}
        rx={7}
      />
    )}
    {box.initial && <circle className="initial" cx={box.x + 14} cy={box.y + 16} r={3.5} />}
    <text className="title" x={box.x + (box.initial ? 24 : 14)} y={box.y + 21}>
      {box.key}
    </text>
    {box.invokes.map(({ label, y }) => (
      <text key={label} className="invoke" x={box.x + 14} y={y + 4}>
        {label}
      </text>
    ))}
    {box.rows.map(({ label, targets, y }) => (
      <g key={y} className="transition">
        <text x={box.x + 14} y={y + 4}>
          {label}
        </text>
        <text className="target" x={box.x + box.width - 12} y={y + 4} textAnchor="end">
          {targets.length === 0 ? '' : `→ ${targets.join(', ')}`}
        </text>
      </g>
    ))}
  </g>
));

interface StatechartProps {
  readonly chart: ChartState;
  /** The state value in dots. */
  readonly value: string;
}

/** A machine as a picture, its active states marked. The layout depends on the chart alone and never moves. */
export const Statechart = ({ chart, value }: StatechartProps) => {
  const layout = useMemo(() => layoutChart(chart), [chart]);
  const active = activePaths(value);
  const drawnLast = [...layout.edges].sort((a, b) => Number(active.has(a.from)) - Number(active.has(b.from)));
  return (
    <svg
      className="statechart"
      role="img"
      aria-label={`${chart.key}, now in ${value}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
    >
      <defs>
        {['idle', 'live'].map((kind) => (
          <marker
            key={kind}
            id={`arrow-${kind}`}
            viewBox="0 0 8 8"
            refX={7}
            refY={4}
            markerWidth={7}
            markerHeight={7}
            orient="auto"
          >
            <path className={`arrowhead ${kind}`} d="M0 0.8 7.4 4 0 7.2z" />
          </marker>
        ))}
      </defs>
      {layout.boxes.map((box) => (
        <Box key={box.path} box={box} active={active.has(box.path)} />
      ))}
      {drawnLast.map((edge) => {
        const live = edge.from !== '' && active.has(edge.from);
        const path = toPath(edge);
        return (
          <path
            key={`${edge.label} ${path}`}
            className="edge"
            data-live={live}
            d={path}
            markerEnd={`url(#arrow-${live ? 'live' : 'idle'})`}
          >
            <title>{`${edge.from} — ${edge.label} → ${edge.to}`}</title>
          </path>
        );
      })}
    </svg>
  );
};
