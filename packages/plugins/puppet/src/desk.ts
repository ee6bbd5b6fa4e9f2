import type { Drawing } from './drawing.ts';
import type { DrawingSpec, DrawnPicture, WorkerReply, WorkerRequest } from './worker-messages.ts';

export interface DeskOptions {
  readonly openDrawing: (spec: DrawingSpec) => Promise<Drawing>;
  readonly reply: (message: WorkerReply) => void;
}

/** Does the requests of a worker: those of one drawing in order, those of several by turns. */
export interface Desk {
  handle(request: WorkerRequest): void;
}

const describeError = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A desk answers each `draw` and `finish` once; a drawing that failed or was released is forgotten. */
export const createDesk = ({ openDrawing, reply }: DeskOptions): Desk => {
  const drawings = new Map<number, Promise<Drawing>>();
  const queues = new Map<number, Promise<void>>();

  const release = (id: number): void => {
    const drawing = drawings.get(id);
    drawings.delete(id);
    queues.delete(id);
    drawing?.then((opened) => opened.close()).catch(() => {});
  };

  const enqueue = (id: number, work: (drawing: Drawing) => Promise<readonly DrawnPicture[]>): void => {
    const drawing = drawings.get(id);
    if (!drawing) return;
    const run = async (): Promise<void> => {
      try {
        const pictures = await work(await drawing);
        if (drawings.has(id)) reply({ type: 'drawn', drawing: id, pictures });
      } catch (error) {
        if (drawings.has(id)) reply({ type: 'failed', drawing: id, reason: describeError(error) });
        release(id);
      }
    };
    const queue = queues.get(id) ?? Promise.resolve();
    queues.set(
      id,
      queue.then(() => (drawings.has(id) ? run() : undefined)),
    );
  };

  return {
    handle: (request) => {
      const { drawing } = request;
      if (request.type === 'open') {
        const opening = openDrawing(request.spec);
        // Its first `draw` reports the failure.
        opening.catch(() => {});
        drawings.set(drawing, opening);
      } else if (request.type === 'draw') {
        enqueue(drawing, (opened) => opened.draw(request.frames, request.poses));
      } else if (request.type === 'finish') {
        enqueue(drawing, (opened) => opened.finish());
      } else {
        release(drawing);
      }
    },
  };
};
