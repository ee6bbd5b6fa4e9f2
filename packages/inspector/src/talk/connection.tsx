import type { Problem } from './plain-words.ts';

const stateNames: Readonly<Record<string, string>> = {
  idle: 'Not connected',
  connecting: 'Connecting',
  open: 'Connected',
  reconnecting: 'Reconnecting',
  closed: 'Disconnected',
};

/** The connection's state as a dot and a word. */
export const ConnectionState = ({ state }: { readonly state: string }) => (
  <span className="connection" data-testid="state" data-state={state} role="status">
    {stateNames[state] ?? state}
  </span>
);

interface BannerProps {
  readonly state: string;
  readonly problem: Problem | null;
  readonly onConnect: () => void;
  readonly onDismiss: () => void;
}

const Words = ({ what, todo }: Problem) => (
  <span>
    <strong>{what}</strong> {todo}
  </span>
);

/** Says that the connection is gone, for as long as it is, or else what went wrong outside any turn. */
export const Banner = ({ state, problem, onConnect, onDismiss }: BannerProps) => {
  if (state === 'reconnecting') {
    return (
      <p className="banner" role="alert">
        The connection was lost. Reconnecting; your conversation is kept.
      </p>
    );
  }
  if (state === 'closed') {
    return (
      <p className="banner" role="alert">
        <Words {...(problem ?? { what: 'The server has closed the connection.', todo: '' })} />
        <button type="button" className="button" onClick={onConnect}>
          Connect again
        </button>
      </p>
    );
  }
  if (problem === null) return null;
  return (
    <p className="banner" role="alert">
      <Words {...problem} />
      <button type="button" className="button" onClick={onDismiss}>
        Close
      </button>
    </p>
  );
};
