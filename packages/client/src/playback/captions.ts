/** The sentence that is being spoken. */
export interface Caption {
  readonly text: string;
  readonly sentence: number;
}

interface SentenceStart extends Caption {
  readonly turn: number;
  readonly ptsUs: number;
}

const startsKept = 256;

/** Finds the sentence at a place of a turn: its text comes as an event, its time with its first chunk of speech. */
export const createCaptions = () => {
  const texts = new Map<string, string>();
  let starts: SentenceStart[] = [];
  const key = (turn: number, sentence: number): string => `${turn}:${sentence}`;

  return {
    addText(turn: number, sentence: number, text: string): void {
      texts.set(key(turn, sentence), text);
    },

    addSpeech(turn: number, sentence: number, ptsUs: number): void {
      const last = starts.at(-1);
      if (last?.turn === turn && last.sentence === sentence) return;
      const text = texts.get(key(turn, sentence));
      if (text === undefined) return;
      starts = [...starts.slice(1 - startsKept), { turn, sentence, ptsUs, text }];
    },

    at(turn: number, ptsUs: number): Caption | undefined {
      const start = starts.findLast((candidate) => candidate.turn === turn && candidate.ptsUs <= ptsUs);
      return start && { text: start.text, sentence: start.sentence };
    },

    /** A turn ended; what is queued of it still finds its caption, older turns do not. */
    endTurn(turn: number): void {
      for (const name of texts.keys()) if (Number(name.split(':')[0]) < turn) texts.delete(name);
      starts = starts.filter((start) => start.turn >= turn);
    },
  };
};
