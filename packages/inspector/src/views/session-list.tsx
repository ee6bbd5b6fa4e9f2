import type { InspectorModel } from '../feed/fold.ts';
import { type ActorNode, toSystems } from '../model/tree.ts';
import { actorName } from '../model/names.ts';
import { ago } from './format.ts';

interface RowContext {
  readonly nowMs: number;
  readonly selected: string | null;
  readonly onSelect: (actor: string) => void;
}

const ActorItem = ({ node, context }: { readonly node: ActorNode; readonly context: RowContext }) => {
  const { row, changedAtMs } = node.view;
  const isSelected = context.selected === row.actor;
  return (
    <li>
      <button
        type="button"
        className="actor"
        data-status={row.status}
        aria-pressed={isSelected}
        title={`${row.name} (${row.actor}), ${row.status}`}
        onClick={() => context.onSelect(row.actor)}
      >
        <span className="actor-name">{actorName(row)}</span>
        <span className="actor-value">{row.value || row.status}</span>
        <time className="actor-since">{changedAtMs === null ? '' : ago(context.nowMs - changedAtMs)}</time>
      </button>
      {node.children.length > 0 && (
        <ul>
          {node.children.map((child) => (
            <ActorItem key={child.view.row.actor} node={child} context={context} />
          ))}
          {node.hidden > 0 && <li className="hidden-actors">{node.hidden} ended earlier</li>}
        </ul>
      )}
    </li>
  );
};

/** Every system with its actors as a tree, and the state each is in. */
export const SessionList = ({
  actors,
  ...context
}: { readonly actors: InspectorModel['actors'] } & RowContext) => {
  const systems = toSystems(actors);
  if (systems.length === 0) return <p className="empty">No machine is running yet.</p>;
  return (
    <ul className="systems">
      {systems.map((system) => (
        <li key={system.id} data-finished={system.finished}>
          <h3>{system.id}</h3>
          <ul>
            {system.roots.map((node) => (
              <ActorItem key={node.view.row.actor} node={node} context={context} />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
};
