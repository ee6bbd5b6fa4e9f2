import type { InspectorModel } from '../feed/fold.ts';
import { actorName } from '../model/names.ts';
import { toCircuits } from '../model/tree.ts';

interface CircuitsProps {
  readonly actors: InspectorModel['actors'];
  readonly onSelect: (actor: string) => void;
}

/** Every breaker and whether it lets calls through. */
export const Circuits = ({ actors, onSelect }: CircuitsProps) => {
  const circuits = toCircuits(actors);
  if (circuits.length === 0) return null;
  return (
    <ul className="circuits" aria-label="Breakers">
      {circuits.map(({ row }) => (
        <li key={row.actor}>
          <button type="button" data-value={row.value} onClick={() => onSelect(row.actor)}>
            {actorName(row)} <em>{row.value}</em>
          </button>
        </li>
      ))}
    </ul>
  );
};
