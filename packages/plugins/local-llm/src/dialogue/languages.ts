import { primaryTag } from '@tth/core/plugin';
import { sayNumber, solve } from './arithmetic.ts';
import { nameIn } from './memory.ts';
import type { Intent, Scene } from './scene.ts';
import type { Said } from './text.ts';

type Phrase = 'greeting' | 'who' | 'how' | 'thanks' | 'bye' | 'joke' | 'fallback';

interface Language {
  readonly tag: string;
  /** Words that settle it alone. */
  readonly strong: ReadonlySet<string>;
  /** Words that count when there are two of them. */
  readonly weak: ReadonlySet<string>;
  readonly nameless: string;
  readonly meet: string;
  readonly sum: string;
  readonly minus: string;
  readonly about: string;
  /** Which phrase a message asks for; the first that matches. */
  readonly hears: readonly (readonly [Phrase, RegExp])[];
  readonly says: Readonly<Record<Phrase, readonly string[]>>;
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const english = words(
  'i you is are and the a an my me hello hi hey please thanks can do it to of tell what who how why where when no yes not in on that this be for with was die have say spell',
);

const languages: readonly Language[] = [
  {
    tag: 'de',
    strong: words(
      'hallo guten danke tschüss bitte ich nicht wie wer bist kannst heiße heisse servus moin deutsch erzähl erzähle witz einen',
    ),
    weak: words(
      'du ist und das der ein eine mir mich mit für auch was geht dir dich mein dein wer sind wir es ja nein',
    ),
    nameless: 'die Hausstimme von TTH',
    meet: '[happy:0.6] Schön, dich kennenzulernen, {name}. Deutsch kann ich nur ein wenig.',
    sum: '[neutral:0.3] Das macht {result}.',
    minus: 'minus',
    about: 'ungefähr',
    hears: [
      ['who', /\bwer bist\b|\bwas bist\b|\bwie hei(?:ß|ss)t\b|\bdein name\b/],
      ['how', /\bwie geht\b|\bwie gehts\b/],
      ['thanks', /\bdanke\b/],
      ['bye', /\btschüss|\bauf wiedersehen\b|\bgute nacht\b|\bbis bald\b/],
      ['joke', /\bwitz\b/],
      ['greeting', /^(?:hallo|guten|servus|moin|grüß)(?: |$)/],
    ],
    says: {
      greeting: [
        '[happy:0.6] Hallo! Ich bin {me}. Am meisten kann ich auf Englisch.',
        '[happy:0.6] Guten Tag! Schön, dass du da bist.',
      ],
      who: [
        '[happy:0.5] Ich bin {me}. Hinter dem Gesicht arbeitet die eingebaute Dialogmaschine von TTH, und die ist kein Sprachmodell.',
        '[happy:0.5] Ich bin {me}, ein Programm aus Regeln und fertigen Sätzen. Ein Sprachmodell kannst du als Plugin nachrüsten.',
      ],
      how: [
        '[happy:0.5] Gut, danke der Nachfrage! Und dir?',
        '[happy:0.5] Bestens, alle Sätze sind an ihrem Platz. Wie geht es dir?',
      ],
      thanks: ['[happy:0.6] Gern geschehen.', '[happy:0.5] Keine Ursache.'],
      bye: [
        '[happy:0.5] Auf Wiedersehen! Komm bald zurück.',
        '[happy:0.5] Bis bald! Ich lasse das Licht an.',
      ],
      joke: [
        '[neutral:0.3] Der Kalender hat gekündigt. [happy:0.7] Seine Tage waren gezählt.',
        '[happy:0.5] Ich mache Diät. [happy:0.7] Nur Strom, und keine Kekse.',
      ],
      fallback: [
        '[neutral:0.3] Das verstehe ich leider nicht gut genug. Auf Englisch kann ich Geschichten, Witze und Rätsel erzählen.',
        '[sad:0.2] Mein Deutsch ist klein. Frag mich, wer ich bin, oder bitte mich um einen Witz.',
        '[neutral:0.3] Da muss ich passen. Versuch es auf Englisch, oder rechne etwas mit mir.',
      ],
    },
  },
  {
    tag: 'fr',
    strong: words(
      "bonjour bonsoir salut merci je pas qui comment vous quoi êtes m'appelle t'appelles français ça oui blague raconte combien",
    ),
    weak: words(
      "tu et le la les un une moi quel quelle au revoir suis es mon ma c'est est va pour avec raconte dis peux sais non",
    ),
    nameless: 'la voix de TTH',
    meet: '[happy:0.6] Enchanté, {name}. Je ne parle qu’un peu le français.',
    sum: '[neutral:0.3] Cela fait {result}.',
    minus: 'moins',
    about: 'environ',
    hears: [
      ['who', /\bqui (?:es|êtes)\b|\bt'appelles\b|\bton nom\b|\bvotre nom\b|\bvous appelez\b/],
      ['how', /\bcomment (?:vas|allez|ça va)\b|(?:^| )ça va(?: |$)/],
      ['thanks', /\bmerci\b/],
      ['bye', /\bau revoir\b|\bbonne nuit\b|à bientôt|\badieu\b/],
      ['joke', /\bblague\b/],
      ['greeting', /^(?:bonjour|bonsoir|salut)(?: |$)/],
    ],
    says: {
      greeting: [
        '[happy:0.6] Bonjour ! Je suis {me}. Je parle surtout anglais.',
        '[happy:0.6] Salut ! Je suis content de te lire.',
      ],
      who: [
        '[happy:0.5] Je suis {me}. Derrière ce visage travaille le moteur de dialogue intégré de TTH, qui n’est pas un modèle de langage.',
        '[happy:0.5] Je suis {me}, un programme fait de règles et de phrases préparées. Un modèle de langage peut me remplacer grâce à un plugin.',
      ],
      how: [
        '[happy:0.5] Très bien, merci ! Et toi ?',
        '[happy:0.5] Ça va, toutes mes phrases sont en ordre. Et toi ?',
      ],
      thanks: ['[happy:0.6] Avec plaisir.', '[happy:0.5] De rien.'],
      bye: ['[happy:0.5] Au revoir ! Reviens vite.', '[happy:0.5] À bientôt ! Je laisse la lumière allumée.'],
      joke: [
        '[neutral:0.3] Un fantôme cherchait du travail. [happy:0.7] Mais tout le monde voyait clair en lui.',
        '[happy:0.5] J’ai dit au miroir que je m’ennuyais. [happy:0.7] Il réfléchit encore.',
      ],
      fallback: [
        '[neutral:0.3] Je ne comprends pas assez bien. En anglais, je raconte des histoires, des blagues et des devinettes.',
        '[sad:0.2] Mon français est petit. Demande-moi qui je suis, ou demande une blague.',
        '[neutral:0.3] Là, je passe mon tour. Essaie en anglais, ou donne-moi un calcul.',
      ],
    },
  },
  {
    tag: 'es',
    strong: words(
      'hola gracias quién quien eres cómo qué buenos buenas adiós usted estás español yo llamo llamas cuéntame chiste cuánto hasta',
    ),
    weak: words(
      'tú tu y el la los un una mi por favor soy como que está cuenta puedes sabes muy para con sí eso',
    ),
    nameless: 'la voz de TTH',
    meet: '[happy:0.6] Mucho gusto, {name}. Solo hablo un poco de español.',
    sum: '[neutral:0.3] Son {result}.',
    minus: 'menos',
    about: 'aproximadamente',
    hears: [
      ['who', /\bqui[ée]n eres\b|\bqu[ée] eres\b|\bte llamas\b|\btu nombre\b/],
      ['how', /\bc[óo]mo est[áa]s\b|\bqu[ée] tal\b/],
      ['thanks', /\bgracias\b/],
      ['bye', /\badiós\b|\bbuenas noches\b|\bhasta (?:luego|pronto|mañana)\b/],
      ['joke', /\bchiste\b/],
      ['greeting', /^(?:hola|buenos|buenas)(?: |$)/],
    ],
    says: {
      greeting: [
        '[happy:0.6] ¡Hola! Soy {me}. Hablo sobre todo inglés.',
        '[happy:0.6] ¡Buenas! Me alegra que estés aquí.',
      ],
      who: [
        '[happy:0.5] Soy {me}. Detrás de esta cara trabaja el motor de diálogo integrado de TTH, que no es un modelo de lenguaje.',
        '[happy:0.5] Soy {me}, un programa hecho de reglas y frases preparadas. Un modelo de lenguaje puede reemplazarme con un plugin.',
      ],
      how: [
        '[happy:0.5] Muy bien, gracias. ¿Y tú?',
        '[happy:0.5] Bien, tengo todas mis frases en orden. ¿Y tú?',
      ],
      thanks: ['[happy:0.6] De nada.', '[happy:0.5] Con mucho gusto.'],
      bye: ['[happy:0.5] ¡Adiós! Vuelve pronto.', '[happy:0.5] ¡Hasta luego! Dejo la luz encendida.'],
      joke: [
        '[neutral:0.3] El calendario renunció a su trabajo. [happy:0.7] Dijo que tenía los días contados.',
        '[happy:0.5] Estoy a dieta. [happy:0.7] Solo electricidad, y ninguna galleta.',
      ],
      fallback: [
        '[neutral:0.3] No lo entiendo lo bastante bien. En inglés cuento historias, chistes y adivinanzas.',
        '[sad:0.2] Mi español es pequeño. Pregúntame quién soy, o pídeme un chiste.',
        '[neutral:0.3] Ahí me rindo. Inténtalo en inglés, o dame una suma.',
      ],
    },
  },
];

const score = (tokens: readonly string[], { strong, weak }: Language): number =>
  tokens.reduce((sum, token) => sum + (strong.has(token) ? 2 : weak.has(token) ? 1 : 0), 0);

/** The language to answer in when it is not English. `hint`: what the host asked for, used when the text does not tell. */
export const foreignLanguage = (text: string, hint: string): string | undefined => {
  const tokens = text.split(' ').slice(0, 60);
  const englishScore = tokens.filter((token) => english.has(token)).length;
  const ranked = languages
    .map((language) => ({ tag: language.tag, points: score(tokens, language) }))
    .sort((a, b) => b.points - a.points);
  const best = ranked[0]!;
  if (best.points >= 2 && best.points > englishScore) return best.tag;
  const hinted = primaryTag(hint);
  return englishScore === 0 && languages.some(({ tag }) => tag === hinted) ? hinted : undefined;
};

const scripts: readonly (readonly [string, RegExp])[] = [
  ['Cyrillic letters', /\p{Script=Cyrillic}/gu],
  ['Greek letters', /\p{Script=Greek}/gu],
  ['Japanese', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['Korean', /\p{Script=Hangul}/gu],
  ['Chinese characters', /\p{Script=Han}/gu],
  ['Arabic letters', /\p{Script=Arabic}/gu],
  ['Hebrew letters', /\p{Script=Hebrew}/gu],
  ['an Indic script', /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}]/gu],
  ['Thai letters', /\p{Script=Thai}/gu],
];

const linesFor = (language: Language, { raw, text }: Said): readonly string[] => {
  const name = nameIn(raw);
  if (name !== undefined) return [language.meet.replace('{name}', name)];
  const sum = solve(raw);
  if (sum !== undefined && 'value' in sum)
    return [language.sum.replace('{result}', sayNumber(sum.value, language))];
  return language.says[language.hears.find(([, heard]) => heard.test(text))?.[0] ?? 'fallback'];
};

const answerInKind = (scene: Scene): string | undefined => {
  const { said, persona } = scene;
  const language = languages.find(({ tag }) => tag === foreignLanguage(said.text, scene.language));
  if (language === undefined) return undefined;
  return scene.pick(
    linesFor(language, said).map((line) => line.replaceAll('{me}', persona.name ?? language.nameless)),
  );
};

const otherScript = ({ said, pick }: Scene): string | undefined => {
  const letters = said.text.match(/\p{L}/gu)?.length ?? 0;
  const found = scripts.find(([, letter]) => (said.text.match(letter)?.length ?? 0) * 3 > letters);
  if (letters === 0 || found === undefined) return undefined;
  return pick([
    `[sad:0.2] I see that you wrote in ${found[0]}, and I am sorry that I cannot read it. [neutral:0.3] I understand English best, and a little German, French and Spanish.`,
    `[neutral:0.3] That is ${found[0]}, I believe. My rules only cover English, with a little German, French and Spanish. Could you try one of those?`,
  ]);
};

/** A few polite sentences for those who do not write English. */
export const languageIntents: readonly Intent[] = [
  { id: 'other-script', replies: otherScript, spans: true, aside: true },
  { id: 'other-language', replies: answerInKind, spans: true },
];
