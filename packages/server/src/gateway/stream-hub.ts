import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Clock,
  type Engine,
  type Log,
  type SessionHandle,
  type SessionOutlet,
  TthError,
} from '@tth/core';
import type { ClientMessageOf } from '@tth/protocol';
import type { Connection } from './connection.ts';
import type { OpusEncoders } from '../sound/opus-encoders.ts';
import { prefersOpus, withOpus } from '../sound/opus-outlet.ts';
import { createOutbound } from './outbound-buffer.ts';

/** Which connection carries which session. */
export interface StreamHub {
  /** Throws `session.not_found` for an unknown session and for a wrong token alike. */
  connect(connection: Connection, hello: ClientMessageOf<'hello'>): SessionHandle;
  disconnect(connection: Connection, session: SessionHandle): void;
  /** The session that a token opens. Throws `session.not_found`. */
  authorize(sessionId: string, token: string): SessionHandle;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `opus`: what encodes sound for the clients that prefer it; without it they get PCM. */
export const createStreamHub = (
  engine: Engine,
  clock: Clock,
  opus: OpusEncoders | undefined,
  log: Log,
): StreamHub => {
  const outlets = new Map<number, { readonly outlet: SessionOutlet; release(): void }>();
  const attached = new WeakSet<SessionHandle>();

  const authorize = (sessionId: string, token: string): SessionHandle => {
    const session = engine.session(sessionId);
    const expected = digest(session?.token ?? '');
    if (session !== undefined && timingSafeEqual(expected, digest(token))) return session;
    throw new TthError('session.not_found', 'There is no such session; start a new one.');
  };

  const open = (connection: Connection, session: SessionHandle) => {
    const outlet = createOutbound(connection, session, clock);
    if (opus === undefined || !prefersOpus(session.accepts.audio)) return { outlet, release: () => {} };
    return withOpus(outlet, session, opus, clock, (reason) =>
      log.warn({ sessionId: session.id, reason }, 'sound cannot be encoded as Opus; PCM follows'),
    );
  };

  return {
    authorize,
    connect: (connection, { resume, ...request }) => {
      const session =
        resume === undefined ? engine.createSession(request) : authorize(resume.sessionId, resume.token);
      const opened = open(connection, session);
      const { outlet } = opened;
      outlets.set(connection.id, opened);
      if (resume === undefined || !attached.has(session)) session.attach(outlet);
      else session.resume(outlet, resume.logId, resume.lastSeq);
      attached.add(session);
      return session;
    },
    disconnect: (connection, session) => {
      const opened = outlets.get(connection.id);
      outlets.delete(connection.id);
      if (opened === undefined) return;
      session.detach(opened.outlet);
      opened.release();
    },
  };
};
