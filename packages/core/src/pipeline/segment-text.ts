/** A sentence ends here even without a mark: longest text of one synthesis call, in characters. */
const longestSentence = 240;
/** The first clause may go out alone once this much text waits for a sentence end. */
const earlyAfter = 60;
const shortestClause = 24;

const abbreviations: Readonly<Record<string, readonly string[]>> = {
  en: 'mr mrs ms dr prof sr jr st vs etc e.g i.e fig no vol approx dept est inc ltd co corp gen col sgt capt rev hon jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m u.s u.k'.split(
    ' ',
  ),
  de: 'hr fr dr prof z.b d.h u.a usw bzw ca evtl ggf inkl nr str vgl s.o s.u bsp abs'.split(' '),
  fr: 'm mm mme mlle dr pr st ste etc p.ex env av apr no vol'.split(' '),
  es: 'sr sra srta dr dra d dña ud uds etc p.ej aprox av núm pág'.split(' '),
  it: 'sig sigg dott prof ecc es avv ing pag'.split(' '),
  pt: 'sr sra dr dra prof etc ex pág av núm'.split(' '),
  nl: 'dhr mevr dr prof bijv enz o.a d.w.z nr blz ca'.split(' '),
  pl: 'np itd itp dr prof ul nr tj godz ok'.split(' '),
  ru: 'г ул д т.е т.д т.п др проф см стр руб тыс'.split(' '),
  tr: 'dr prof sn vb vs örn no cad sok'.split(' '),
  sv: 'dr prof t.ex bl.a osv m.m nr'.split(' '),
  cs: 'dr prof např atd tj č str'.split(' '),
};

const closers = `["'”’»)\\]」』】）]*`;
const strongEnd = new RegExp(`[.!?…]+${closers}$`, 'u');
const wideEnd = new RegExp(`[。！？｡！？؟۔।॥።]+${closers}$`, 'u');
const clauseEnd = /[,;:–—،؛、，；：]\s+$/u;

const lastWord = (text: string): string => /([\p{L}\p{M}.]+)\.$/u.exec(text)?.[1]?.toLowerCase() ?? '';

const isAbbreviation = (text: string, known: ReadonlySet<string>): boolean => {
  const word = lastWord(text);
  return word !== '' && (known.has(word) || /^\p{L}$/u.test(word) || /^(\p{L}\.)+\p{L}$/u.test(word));
};

export interface Segmenter {
  /** Sentences that are certainly complete with this delta. */
  push(delta: string): string[];
  /** What is left. */
  flush(): string[];
  /** True when the waiting text could end here; a change of mood may then cut it. */
  atSentenceEnd(): boolean;
  isEmpty(): boolean;
}

/**
 * Cuts streaming text into speakable sentences, the same ones however the text is cut into deltas, save
 * that the first clause of a long opening sentence may go out alone. Sentences come trimmed and never empty.
 */
export const createSegmenter = (language: string): Segmenter => {
  const primary = language.toLowerCase().split('-')[0] ?? 'en';
  const known = new Set([...(abbreviations['en'] ?? []), ...(abbreviations[primary] ?? [])]);
  const borders = new Intl.Segmenter(primary, { granularity: 'sentence' });
  let waiting = '';
  let begun = false;

  /** Intl's sentences, joined again where an abbreviation, an initial or a decimal point was cut. */
  const sentences = (text: string): string[] => {
    const joined: string[] = [];
    for (const { segment } of borders.segment(text)) {
      const previous = joined.at(-1);
      const mustJoin =
        previous !== undefined &&
        !/\n\s*$/.test(previous) &&
        (isAbbreviation(previous.trimEnd(), known) ||
          !(strongEnd.test(previous.trimEnd()) || wideEnd.test(previous.trimEnd())));
      if (mustJoin) joined[joined.length - 1] = previous + segment;
      else joined.push(segment);
    }
    return joined;
  };

  const cutLong = (text: string): string[] => {
    const parts: string[] = [];
    let rest = text;
    while (rest.length > longestSentence) {
      const window = rest.slice(0, longestSentence);
      const clause = Math.max(
        ...[', ', '; ', ': ', '، ', '，', '、'].map((mark) => window.lastIndexOf(mark) + mark.length - 1),
      );
      const space = window.lastIndexOf(' ');
      const boundary =
        clause > longestSentence / 3 ? clause : space > longestSentence / 3 ? space : safeCut(window);
      parts.push(rest.slice(0, boundary));
      rest = rest.slice(boundary);
    }
    return [...parts, rest];
  };

  const speakable = (parts: readonly string[]): string[] => {
    const trimmed = parts
      .flatMap(cutLong)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (trimmed.length > 0) begun = true;
    return trimmed;
  };

  const takeEarlyClause = (): string[] => {
    if (begun || waiting.length < earlyAfter) return [];
    for (let end = shortestClause; end < waiting.length; end++) {
      if (clauseEnd.test(waiting.slice(Math.max(0, end - 2), end)) && /\S/.test(waiting[end] ?? '')) {
        const clause = waiting.slice(0, end);
        waiting = waiting.slice(end);
        return speakable([clause]);
      }
    }
    return [];
  };

  return {
    push: (delta) => {
      waiting += delta;
      const parts = sentences(waiting);
      const last = parts.at(-1) ?? '';
      const complete = parts.slice(0, -1);
      waiting = last;
      if (wideEnd.test(last)) return speakable(complete);
      if (last.length > longestSentence) {
        const pieces = cutLong(last);
        waiting = pieces.at(-1) ?? '';
        return speakable([...complete, ...pieces.slice(0, -1)]);
      }
      return [...speakable(complete), ...takeEarlyClause()];
    },
    flush: () => {
      const rest = waiting;
      waiting = '';
      return speakable(sentences(rest));
    },
    atSentenceEnd: () => {
      const text = waiting.trimEnd();
      return strongEnd.test(text) || wideEnd.test(text);
    },
    isEmpty: () => waiting.trim() === '',
  };
};

const safeCut = (window: string): number => {
  const code = window.charCodeAt(window.length - 1);
  return code >= 0xd800 && code <= 0xdbff ? window.length - 1 : window.length;
};
