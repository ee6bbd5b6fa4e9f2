import type { InspectMessage } from '@tth/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type FeedState, browserPorts, connectFeed } from '../feed/connect.ts';
import { type InspectorModel, emptyModel, fold } from '../feed/fold.ts';
import { createRecorder } from '../feed/recording.ts';

/** The live feed. `receivedAt`: the page's clock when the newest message came, in milliseconds. */
export interface LiveFeed {
  readonly model: InspectorModel;
  readonly state: FeedState;
  readonly receivedAt: number;
  /** Everything seen so far, ready to save. */
  readonly recording: () => readonly InspectMessage[];
}

/** A page in the background draws no frames; its messages are folded anyway once this many wait. */
const maxWaiting = 100;

/** Follows the inspection feed and changes the model once per drawn frame at most. */
export const useFeed = (url: string): LiveFeed => {
  const [live, setLive] = useState({ model: emptyModel, receivedAt: 0 });
  const [state, setState] = useState<FeedState>('connecting');
  const recorder = useRef(createRecorder());

  useEffect(() => {
    let waiting: InspectMessage[] = [];
    let frame = 0;
    const flush = () => {
      cancelAnimationFrame(frame);
      frame = 0;
      const messages = waiting;
      waiting = [];
      setLive(({ model }) => ({ model: messages.reduce(fold, model), receivedAt: performance.now() }));
    };
    const feed = connectFeed(browserPorts(url), {
      onState: setState,
      onMessage(message) {
        recorder.current.add(message);
        waiting.push(message);
        if (waiting.length >= maxWaiting) flush();
        else if (frame === 0) frame = requestAnimationFrame(flush);
      },
    });
    return () => {
      feed.close();
      cancelAnimationFrame(frame);
    };
  }, [url]);

  const recording = useCallback(() => recorder.current.messages(), []);
  return { ...live, state, recording };
};
