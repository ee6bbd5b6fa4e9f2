import { TthError } from '@tth/core/plugin';

/** Every language of the synthesizer by its own name for it. Not quite BCP 47: its `en` is British. */
export const espeakLanguages = `
  af am an ar as az ba be bg bn bpy bs ca ca-ba ca-nw ca-va chr cmn cmn-latn-pinyin cs cv cy da de el en en-029
  en-gb-scotland en-gb-x-gbclan en-gb-x-gbcwmd en-gb-x-rp en-us en-us-nyc eo es es-419 et eu fa fa-latn fi fo fr fr-be
  fr-ch ga gd gn grc gu hak haw he hi hr ht hu hy hyw ia id io is it ja jbo ka kaa kk kl kn ko kok ku ky la lb lfn lt
  ltg lv mi mk ml mr ms mt mto my nb nci ne nl nog om or pa pap piqd pl pt pt-br py qdb qu quc qya ro ru ru-cl ru-lv sd
  shn si sjn sk sl smj sq sr sv sw ta te th ti tk tn tr tt ug uk ur uz vi vi-vn-x-central vi-vn-x-south xex yue
  yue-latn-jyutping
`
  .trim()
  .split(/\s+/);

/** Tags that the synthesizer calls otherwise, lower case. The longest prefix of a tag that is known wins. */
const otherNames: Readonly<Record<string, string>> = {
  en: 'en-us',
  'en-gb': 'en',
  'en-au': 'en',
  'en-nz': 'en',
  'en-ie': 'en',
  'en-in': 'en',
  'en-za': 'en',
  es: 'es-419',
  'es-es': 'es',
  hbs: 'hr',
  in: 'id',
  iw: 'he',
  nn: 'nb',
  no: 'nb',
  zh: 'cmn',
  'zh-hk': 'yue',
  'zh-mo': 'yue',
  'zh-yue': 'yue',
  'zh-hant-hk': 'yue',
};

const known = new Map([
  ...espeakLanguages.map((name) => [name, name] as const),
  ...Object.entries(otherNames),
]);

/** Primary tags that can be spoken. */
export const primaryTags: readonly string[] = [
  ...new Set([...known.keys()].map((tag) => tag.split('-')[0]!)),
].sort();

/** The synthesizer's name of a BCP 47 language, falling back from `de-AT` to `de`. Throws `provider.rejected`. */
export const resolveLanguage = (tag: string): string => {
  const subtags = tag.toLowerCase().replaceAll('_', '-').split('-');
  for (let length = subtags.length; length > 0; length--) {
    const found = known.get(subtags.slice(0, length).join('-'));
    if (found) return found;
  }
  throw new TthError(
    'provider.rejected',
    'This language cannot be spoken here: try a BCP 47 tag of the listed languages, such as en-US or de',
    { details: { language: tag, languages: primaryTags } },
  );
};

/** Voices for any language, and the variant that each is. */
export const namedVoices = { ava: 'f2', nell: 'belinda', otto: 'Michael', bruno: 'david' } as const;
export type NamedVoice = keyof typeof namedVoices;

/** Every variant of the synthesizer, by its own name. */
export const espeakVariants: readonly string[] = [
  'Mr serious',
  ...`
  Alex Alicia Andrea Andy Annie AnxiousAndy Demonic Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael
  Mike Nguyen Reed RicishayMax RicishayMax2 RicishayMax3 Storm Tweaky UniRobot adam anika anikaRobot announcer antonio
  aunty belinda benjamin boris caleb croak david ed edward edward2 f1 f2 f3 f4 f5 fast grandma grandpa gustave ian iven
  iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 klatt4 klatt5 klatt6 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max
  michel miguel mike2 norbert pablo paul pedro quincy rob robert robosoft robosoft2 robosoft3 robosoft4 robosoft5
  robosoft6 robosoft7 robosoft8 sandro shelby steph steph2 steph3 travis victor whisper whisperf zac
`
    .trim()
    .split(/\s+/),
];

/** What `voice` may be: a name of ours first, then the variants. */
export const voiceNames: readonly string[] = [...Object.keys(namedVoices), ...espeakVariants];

const isNamed = (voice: string): voice is NamedVoice => Object.hasOwn(namedVoices, voice);

/** The variant behind a voice. Throws `provider.rejected` for one that does not exist. */
export const resolveVariant = (voice: string): string => {
  if (isNamed(voice)) return namedVoices[voice];
  if (espeakVariants.includes(voice)) return voice;
  throw new TthError(
    'provider.rejected',
    'There is no such voice: try ava, nell, otto or bruno, or a variant of the synthesizer such as f3',
    { details: { voice, voices: voiceNames } },
  );
};
