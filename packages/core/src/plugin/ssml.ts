/** A piece of SSML. Made by the functions of this file alone, so that no text gets in unescaped. */
export interface Ssml {
  readonly ssml: string;
}

/** What XML 1.0 cannot hold at all, however it is written. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as it may stand in markup: one line, without control characters, every sign of markup written out. */
export const escapeMarkup = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(notXml, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[&<>"']/g, (sign) => entities[sign]!);

const inner = (content: readonly (string | Ssml)[]): string =>
  content.map((piece) => (typeof piece === 'string' ? escapeMarkup(piece) : piece.ssml)).join('');

type Attributes = Readonly<Record<string, string | undefined>>;

const element = (name: string, attributes: Attributes, content: readonly (string | Ssml)[]): Ssml => {
  const written = Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? '' : ` ${key}="${escapeMarkup(value)}"`))
    .join('');
  return {
    ssml: content.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${inner(content)}</${name}>`,
  };
};

const percent = (factor: number | undefined): string | undefined =>
  factor === undefined ? undefined : `${Math.round(factor * 100)}%`;
const change = (factor: number | undefined): string | undefined => {
  if (factor === undefined) return undefined;
  const by = Math.round((factor - 1) * 100);
  return `${by < 0 ? '' : '+'}${by}%`;
};
const decibels = (factor: number | undefined): string | undefined => {
  if (factor === undefined) return undefined;
  if (factor <= 0) return 'silent';
  const by = Math.round(200 * Math.log10(factor)) / 10;
  return `${by < 0 ? '' : '+'}${by}dB`;
};

/** Factors as a voice's controls have them: 1 is the voice's own. */
export interface SsmlProsody {
  readonly rate?: number;
  readonly pitch?: number;
  readonly volume?: number;
}

/** Writes SSML 1.1. Texts and attributes are escaped here; there is no way to pass markup through. */
export const ssml = {
  /** The document. */
  speak: (language: string, ...content: readonly (string | Ssml)[]): Ssml =>
    element(
      'speak',
      { version: '1.1', xmlns: 'http://www.w3.org/2001/10/synthesis', 'xml:lang': language },
      content,
    ),
  voice: (name: string, ...content: readonly (string | Ssml)[]): Ssml => element('voice', { name }, content),
  prosody: ({ rate, pitch, volume }: SsmlProsody, ...content: readonly (string | Ssml)[]): Ssml =>
    element('prosody', { rate: percent(rate), pitch: change(pitch), volume: decibels(volume) }, content),
  pause: (ms: number): Ssml => element('break', { time: `${Math.max(0, Math.round(ms))}ms` }, []),
} as const;

/**
 * A text as one part of an address or as the value of a header: visible ASCII without separators, the rest
 * percent-encoded. Dots alone would be a way out of a folder; they become underscores.
 */
export const toUrlPart = (text: string): string =>
  /^\.+$/.test(text) ? text.replaceAll('.', '_') : encodeURIComponent(text.toWellFormed());
