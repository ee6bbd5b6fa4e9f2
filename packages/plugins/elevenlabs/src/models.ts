/** How a model is spoken with: `contexts` is the multi-context socket, `dialogue` the one of v3 and v4. */
export type SocketKind = 'contexts' | 'dialogue';

/** What is known of a model. */
export interface Model {
  readonly socket: SocketKind;
  /** BCP 47 primary tags; empty means any. */
  readonly languages: readonly string[];
  /** Performs words in square brackets; others read them aloud. */
  readonly tags: boolean;
  /** Settings that it has beside `stability` and, over HTTP and contexts, `similarity_boost`. */
  readonly style: boolean;
  readonly speakerBoost: boolean;
  readonly speed: boolean;
  /** Takes neighbouring sentences over HTTP. */
  readonly neighbours: boolean;
  /** Takes `language_code`; the others refuse or ignore it. */
  readonly languageCode: boolean;
  /** Which of a plan's two allowances its calls count against. */
  readonly group: 'flash' | 'multilingual';
}

const multilingualLanguages =
  'en ja zh de hi fr ko pt it es id nl tr fil pl sv bg ro ar cs el fi hr ms sk da ta uk ru'.split(' ');

const multilingual: Model = {
  socket: 'contexts',
  languages: multilingualLanguages,
  tags: false,
  style: true,
  speakerBoost: true,
  speed: true,
  neighbours: true,
  languageCode: false,
  group: 'multilingual',
};
const flash: Model = {
  ...multilingual,
  languages: [...multilingualLanguages, 'hu', 'no', 'vi'],
  style: false,
  speakerBoost: false,
  languageCode: true,
  group: 'flash',
};
const expressive: Model = {
  socket: 'dialogue',
  languages: [],
  tags: true,
  style: false,
  speakerBoost: false,
  speed: false,
  neighbours: false,
  languageCode: true,
  group: 'multilingual',
};

export const models: Readonly<Record<string, Model>> = {
  eleven_flash_v2_5: flash,
  eleven_flash_v2: { ...flash, languages: ['en'], languageCode: false },
  eleven_multilingual_v2: multilingual,
  eleven_v3: expressive,
  eleven_v3_conversational: expressive,
  eleven_v4: expressive,
  eleven_v4_turbo: expressive,
};

/** What a model is that the table does not have, by its name: new ones behave like their family. */
const families: readonly (readonly [RegExp, Model])[] = [
  [/_v[3-9]/, expressive],
  [/flash|turbo/, flash],
];

export const modelOf = (id: string): Model =>
  models[id] ?? families.find(([name]) => name.test(id))?.[1] ?? multilingual;

/** Sentences that a plan has spoken at one time, by group, and dialogue sockets that it may hold open. */
export const plans = {
  free: { multilingual: 2, flash: 4, dialogue: 2 },
  starter: { multilingual: 3, flash: 6, dialogue: 3 },
  creator: { multilingual: 5, flash: 10, dialogue: 5 },
  pro: { multilingual: 10, flash: 20, dialogue: 70 },
  scale: { multilingual: 15, flash: 30, dialogue: 105 },
  business: { multilingual: 15, flash: 30, dialogue: 105 },
} as const;
