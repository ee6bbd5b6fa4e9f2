import type { Clock, Engine, ProbeRecord } from '@tth/core';
import {
  type ActorRow,
  type InspectMessage,
  type InspectRecord,
  closeCodes,
  protocolVersion,
} from '@tth/protocol';
import type { Connection, ConnectionHandlers } from '../gateway/connection.ts';

const batchMs = 100;
/** Records that wait for a batch; what comes beyond them is counted and lost. */
const maxWaiting = 2_000;
/** An inspector that has not read this much is skipped, never waited for. */
const maxUnreadBytes = 512 * 1024;
export const maxInspectors = 5;

/**
 * Serves one inspector: the machines' charts, every actor as it is now, then what happens, in batches.
 * Read-only. Nothing is recorded while nobody watches.
 */
export const serveInspector = (
  connection: Connection,
  engine: Engine,
  clock: Clock,
  version: string,
  onClose: () => void,
): ConnectionHandlers => {
  const startedAt = clock.now();
  let n = 0;
  let waiting: InspectRecord[] = [];
  let lost = 0;
  let cancelFlush: () => void = () => {};
  let flushing = false;

  const send = (message: InspectMessage): void => connection.sendText(JSON.stringify(message));

  const flush = (): void => {
    flushing = false;
    if (connection.bufferedBytes() > maxUnreadBytes) {
      lost += waiting.length;
      waiting = [];
    }
    if (lost > 0 && connection.bufferedBytes() <= maxUnreadBytes) {
      waiting.unshift({ n, t: clock.now() - startedAt, kind: 'gap', actor: '', lost });
      lost = 0;
    }
    if (waiting.length > 0) send({ type: 'inspect_records', records: waiting });
    waiting = [];
  };

  const onRecord = (record: ProbeRecord): void => {
    n += 1;
    if (waiting.length >= maxWaiting) lost += 1;
    else waiting.push({ n, ...record, t: clock.now() - startedAt });
    if (flushing) return;
    flushing = true;
    cancelFlush = clock.after(batchMs, flush);
  };

  send({ type: 'inspect_hello', v: protocolVersion, version, startedAt });
  send({
    type: 'inspect_charts',
    charts: engine.charts(),
  });
  const rows: ActorRow[] = [];
  let collecting = true;
  const detach = engine.inspect((record) => {
    if (!collecting) onRecord(record);
    else if (record.kind === 'actor') rows.push(record.row);
  });
  collecting = false;
  send({ type: 'inspect_snapshot', actors: rows });

  return {
    onText: () => connection.close(closeCodes.forbidden, 'the inspector only listens'),
    onBinary: () => connection.close(closeCodes.forbidden, 'the inspector only listens'),
    onDrain: () => {},
    onClose: () => {
      cancelFlush();
      detach();
      onClose();
    },
  };
};
