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

interface ConnectionBannerProps {
  readonly state: string;
  readonly onConnect: () => void;
}

/** Says that the connection is gone, for as long as it is. */
export const ConnectionBanner = ({ state, onConnect }: ConnectionBannerProps) => {
  if (state === 'reconnecting') {
    return (
      <p className="banner" role="alert">
        The connection was lost. Reconnecting; your conversation is kept.
      </p>
    );
  }
  if (state !== 'closed') return null;
  return (
    <p className="banner" role="alert">
      The server has closed the connection.
      <button type="button" className="button" onClick={onConnect}>
        Connect again
      </button>
    </p>
  );
};
