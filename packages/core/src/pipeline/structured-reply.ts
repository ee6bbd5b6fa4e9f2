import { isEmotionLabel, offeredEmotions } from '../domain/controls.ts';
import type { Policies } from '../domain/policies.ts';
import type { ResponseFormat } from '../plugin/adapter.ts';
import type { HintFormat } from './prompt.ts';

/**
 * An answer in segments of one feeling each. The feeling comes first, so that the text can be spoken while
 * it is written; every property is required and ranges are left to us, which strict servers ask for.
 */
export const spokenReplyFormat: ResponseFormat = {
  type: 'json_schema',
  name: 'spoken_reply',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['segments'],
    properties: {
      segments: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['emotion', 'intensity', 'text'],
          properties: {
            emotion: { type: 'string', enum: offeredEmotions },
            intensity: { type: 'number' },
            text: { type: 'string' },
          },
        },
      },
    },
  },
};

/** How a model is asked to say what its sentences feel like. JSON and tools together confuse too many servers. */
export const chooseHintFormat = (
  policy: Policies['styleHints'],
  isStructured: boolean,
  offersTools: boolean,
): HintFormat => {
  if (policy === 'tags' || !isStructured) return 'tags';
  return policy === 'auto' && offersTools ? 'tags' : 'structured';
};

/** Turns a streamed answer into text with inline tags, however it is cut into deltas. */
export interface ReplyTranslator {
  push(delta: string): string;
  flush(): string;
}

/** An answer that is text with tags already. */
export const asWritten = (): ReplyTranslator => ({ push: (delta) => delta, flush: () => '' });

const longestOpening = 80;
const keys = 'segments|emotion|intensity|text';
/** Where prose ends and JSON begins: an object, or a key of ours in the middle of one. */
const opening = new RegExp(
  String.raw`^(?:\x60{3}\w{0,8}\s*)?(?:[\[\s]*\{\s*["}]|[\s{}\[\],:"\d.]*"(?:${keys})"\s*:)`,
);
/** What could become an opening with more text. */
const openingSoFar =
  /^(?:`{1,2}$|`{3}\w{0,8}\s*$|(?:`{3}\w{0,8}\s*)?[\s{}[\],:"\d.]*(?:"[a-z]{0,9}(?:"\s*)?)?$)/;
const mayOpen = /[{["`]/;
/** The key of an opening that began in the middle of an object. */
const openingKey = new RegExp(`"(?:${keys})"\\s*:$`);
const braces = /[{}]/g;
const halfPair = /[\ud800-\udbff]$/;

const longestName = 32;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '', f: '' };

/**
 * Reads `{"segments":[{"emotion":…,"intensity":…,"text":…}]}`, also as a bare array or object, fenced, or
 * written as text inside its own text, and gives the words of each `text` as they come, with the feeling
 * before them as a tag. What is no JSON is prose and passes with its tags. It never fails: what is malformed
 * is skipped up to the next `"text":`, and no brace and none of our keys is ever passed on.
 */
export const createStructuredReader = (): ReplyTranslator => {
  let state: 'prose' | 'between' | 'name' | 'value' = 'prose';
  /** Prose that may yet turn out to be the beginning of JSON. */
  let held = '';
  let isAtStart = true;
  /** The last string that was read to its end outside of a text; a key once a colon follows. */
  let name = '';
  let key = '';
  let literal = '';
  let emotion = '';
  let intensity = 0.7;
  /** Characters of an escape that has begun. */
  let escape = '';
  let inner: ReplyTranslator | undefined;
  /** The first half of a character that is written as two escapes. */
  let half = '';
  let last = '';

  const give = (text: string): string => {
    if (text !== '') last = text.at(-1)!;
    return text;
  };

  const beginValue = (): string => {
    inner = createStructuredReader();
    const space = last !== '' && !/\s/.test(last) ? ' ' : '';
    const hasHint = emotion !== '';
    const tag = hasHint ? `[${emotion}:${Math.min(1, Math.max(0, intensity)).toFixed(2)}] ` : '';
    emotion = '';
    intensity = 0.7;
    return `${space}${tag}`;
  };

  const endLiteral = (): void => {
    if (key === 'intensity' && literal !== '') {
      const value = Number(literal);
      if (Number.isFinite(value)) intensity = value;
    }
    literal = '';
  };

  const endString = (): void => {
    if (key === 'emotion') {
      const label = name.trim().toLowerCase();
      emotion = isEmotionLabel(label) ? label : '';
    } else if (key === 'intensity') literal = name;
    if (key !== '' && key !== 'intensity') key = '';
  };

  /** A character between strings. */
  const between = (char: string): string => {
    if (char === '"') {
      endLiteral();
      const isText = key === 'text';
      state = isText ? 'value' : 'name';
      name = '';
      escape = '';
      if (!isText) return '';
      key = '';
      return beginValue();
    }
    if (char === ':') {
      key = name;
      name = '';
    } else if (/[,{}[\]]/.test(char)) {
      endLiteral();
      key = '';
      name = '';
      if (char === '{') {
        emotion = '';
        intensity = 0.7;
      }
    } else if (!/\s/.test(char)) {
      name = '';
      if (literal.length < longestName) literal += char;
    }
    return '';
  };

  /** The character that a finished escape stands for; `undefined` while it is unfinished. */
  const unescape = (char: string): string | undefined => {
    escape += char;
    if (escape[1] !== 'u') return escapes[char] ?? char;
    if (escape.length > 2 && !/[\da-f]/i.test(char)) return '';
    return escape.length < 6 ? undefined : String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  };

  /** A character of a string; `undefined` at its end. */
  const inString = (char: string): string | undefined => {
    if (escape !== '') {
      const meant = unescape(char);
      if (meant !== undefined) escape = '';
      return meant ?? '';
    }
    if (char === '\\') {
      escape = char;
      return '';
    }
    return char === '"' ? undefined : char;
  };

  const scan = (text: string): string => {
    let out = '';
    for (const char of text) {
      if (state === 'between') {
        out += give(between(char));
        continue;
      }
      const meant = inString(char);
      if (state === 'value') {
        const whole = half + (meant ?? '');
        half = meant !== undefined && halfPair.test(whole) ? whole : '';
        if (half === '') out += give(meant === undefined ? inner!.flush() : inner!.push(whole));
      } else if (meant === undefined) endString();
      else if (name.length < longestName) name += meant;
      if (meant === undefined) state = 'between';
    }
    return out;
  };

  const prose = (atEnd: boolean): string => {
    let out = '';
    while (held !== '') {
      const at = isAtStart && /^[\s{}[\],:"\d.`]/.test(held) ? 0 : held.search(mayOpen);
      if (at === -1) {
        out += held;
        held = '';
        break;
      }
      out += held.slice(0, at);
      held = held.slice(at);
      if (out !== '') isAtStart = false;
      const window = held.slice(0, longestOpening);
      const opens = opening.exec(window);
      if (opens !== null) {
        state = 'between';
        const at = openingKey.exec(opens[0])?.index ?? opens[0].indexOf('{');
        const json = held.slice(at);
        held = '';
        return give(out.replace(braces, '')) + scan(json);
      }
      if (openingSoFar.test(window) && window.length < longestOpening) {
        if (!atEnd) break;
        if (!/[{}]|`{3}/.test(held)) out += held;
        held = '';
        break;
      }
      out += held[0]!;
      isAtStart = false;
      held = held.slice(1);
    }
    if (out !== '') isAtStart = false;
    return give(out.replace(braces, ''));
  };

  return {
    push: (delta) => {
      if (state !== 'prose') return scan(delta);
      held += delta;
      return prose(false);
    },
    flush: () => {
      if (state === 'prose') return prose(true);
      return state === 'value' ? give(inner!.flush()) : '';
    },
  };
};
