const words = (list: string): readonly string[] => list.split(' ');

/** Abbreviations of a language, without their last dot, and what helps to tell whether one ends a sentence. */
interface Abbreviations {
  /** Always followed by more of the sentence: titles, "e.g.". */
  readonly leading: readonly string[];
  /** Followed by more of the sentence, unless a word comes that opens one: "etc. The". */
  readonly trailing: readonly string[];
  /** Common first words of a sentence that are no names. */
  readonly openers: readonly string[];
}

const anywhere: Abbreviations = {
  leading: words('mr mrs ms dr prof st vs e.g i.e cf'),
  trailing: words('etc u.s u.k'),
  openers: [],
};

const byLanguage: Readonly<Record<string, Abbreviations>> = {
  en: {
    leading: words('gen sgt capt lt col rev fr mt approx resp viz'),
    trailing: words(
      'sr jr dept est inc ltd corp co bros llc a.m p.m u.s u.k u.s.a st ave blvd rd d.c b.c a.d hon gov sen rep pres ft',
    ),
    openers: words(
      'the a an i it he she we they you this that these those there then but and so or if when what who how why where in at on as for to my his her its our your not no yes all one some most many after before now here do did is are was let',
    ),
  },
  de: {
    leading: words(
      'hr fr hrn frl z.b z d.h i.d.r z.t m.e inkl exkl vgl ca evtl ggf bzw sog geb gest bspw allg dipl ing',
    ),
    trailing: words('usw etc str s.o s.u bsp u.s.w u.a o.ä'),
    openers: words(
      'der die das ein eine er sie es wir ihr ich du dann da doch aber und so wenn was wer wie warum wo in im am an auf mit nach vor nun hier nein ja alle man dies diese dieser seit dort danach deshalb jetzt heute',
    ),
  },
  fr: {
    leading: words('m mm mme mmes mlle mlles ste mgr me p.ex p ex env av apr cf éd'),
    trailing: words('etc'),
    openers: words(
      'le la les l un une il elle ils elles on nous vous je tu ce cela ça c et mais ou donc si quand que qui comment pourquoi où dans en à au sur avec pour après avant puis alors ici non oui',
    ),
  },
  es: {
    leading: words('sr sra srta sres dra d dña ud uds p.ej p ej aprox av avda gral lic ee'),
    trailing: words('etc uu'),
    openers: words(
      'el la los las un una él ella ellos yo tú esto eso este esta y pero o si cuando qué quién cómo por en a al con para después antes luego entonces ahora aquí no sí hay es',
    ),
  },
  it: {
    leading: words('sig sigg dott dott.ssa prof.ssa avv ing arch on geom p.es p es'),
    trailing: words('ecc'),
    openers: words(
      'il lo la i gli le un una egli lei lui loro io tu noi voi questo quello e ma o se quando che chi come perché dove in a con per dopo prima poi allora ora qui no sì è',
    ),
  },
  pt: {
    leading: words('sr sra srta dra exmo exma p.ex p ex av eng d'),
    trailing: words('etc'),
    openers: words(
      'o a os as um uma ele ela eles eu tu nós isto isso este esta e mas ou se quando que quem como porque onde em no na com para depois antes então agora aqui não sim há é',
    ),
  },
  nl: {
    leading: words('dhr mevr mw bijv bv o.a d.w.z ca drs ir mr m.a.w t.a.v'),
    trailing: words('enz etc e.d'),
    openers: words(
      'de het een hij zij ze wij we jij je ik dit dat deze die en maar of als wanneer wat wie hoe waarom waar in op met voor na dan toen nu hier nee ja er',
    ),
  },
  pl: {
    leading: words('np ul al tj godz tzn tzw ok zob por św inż mgr'),
    trailing: words('itd itp zł im'),
    openers: words(
      'on ona ono oni ja ty my wy to ten ta te i ale lub jeśli gdy kiedy co kto jak dlaczego gdzie w na z do po przed potem teraz tu nie tak jest był',
    ),
  },
  ru: {
    leading: words('г-н г-жа ул т.е т стр проф др акад св'),
    trailing: words('г т.д т.п тыс руб коп д п гг им пр'),
    openers: words(
      'он она оно они я ты мы вы это этот эта и но а или если когда что кто как почему где в на с по до после потом теперь тут не нет да там так',
    ),
  },
  tr: {
    leading: words('sn örn cad sok mah bkz doç yrd av'),
    trailing: words('vb vs vd'),
    openers: words(
      'o bu şu ben sen biz siz onlar ve ama veya eğer ne kim nasıl neden nerede sonra şimdi hayır evet bir',
    ),
  },
  sv: {
    leading: words('t.ex t bl.a d.v.s ca fr.o.m t.o.m s.k'),
    trailing: words('osv m.m m.fl etc'),
    openers: words(
      'den det de en ett han hon vi ni jag du och men eller om när vad vem hur varför var i på med för efter sedan nu här nej ja',
    ),
  },
  cs: {
    leading: words('např tj tzv p pí ing mgr mudr'),
    trailing: words('atd apod'),
    openers: words('on ona to a ale když co kdo jak v na pak ne ano'),
  },
  ar: { leading: words('د أ م أ.د'), trailing: words('إلخ'), openers: [] },
  hi: { leading: words('डॉ प्रो श्री सुश्री कु पं'), trailing: words('आदि'), openers: [] },
};

/** Short for something only before a number: "No. 5", "Jan. 3"; elsewhere an ordinary word. */
const beforeNumbers = new Set(
  words(
    'no nr núm fig abb vol bd art abs kap chap cap ch p pp pg pag pág blz s str č sec nos zn par jan feb mar apr jun jul aug sep sept oct nov dec',
  ),
);

/** Where a dot after a number makes it an ordinal: "am 3. Mai". */
const ordinalLanguages = new Set(words('de cs sk pl da nb no nn fi hu sl hr et lv tr'));

/** Where dates are written as numbers with dots and spaces between them. */
const dottedDateLanguages = new Set([...ordinalLanguages, 'ko']);

interface Known {
  readonly leading: ReadonlySet<string>;
  readonly trailing: ReadonlySet<string>;
  readonly openers: ReadonlySet<string>;
}

const withAnywhere = ({ leading, trailing, openers }: Abbreviations): Known => ({
  leading: new Set([...anywhere.leading, ...leading].filter((word) => !trailing.includes(word))),
  trailing: new Set([...anywhere.trailing, ...trailing]),
  openers: new Set(openers),
});

const known = new Map(Object.entries(byLanguage).map(([language, each]) => [language, withAnywhere(each)]));
const others = withAnywhere(anywhere);

/** A dot, the word that it ends, and where that word stands. */
export interface DottedWord {
  /** Without its last dot and without marks before it. */
  readonly word: string;
  /** Nothing but space comes before it. */
  readonly isFirst: boolean;
  /** A colon stands before it, as before a list. */
  readonly followsColon: boolean;
  /** What comes after the space that follows the dot. */
  readonly following: string;
  readonly language: string;
}

/**
 * Whether a dot belongs to its word, as in an abbreviation, an initial or an ordinal: then the sentence goes
 * on. `depends`: it does unless the next word is one that opens a sentence.
 */
export const dotBelongs = ({
  word,
  isFirst,
  followsColon,
  following,
  language,
}: DottedWord): 'yes' | 'no' | 'depends' => {
  if (/^\p{N}+$/u.test(word)) {
    if (word.length <= 3 && (isFirst || followsColon)) return 'yes';
    if (dottedDateLanguages.has(language) && /^\p{N}/u.test(following)) return 'yes';
    return word.length <= 2 && ordinalLanguages.has(language) ? 'depends' : 'no';
  }
  if (ordinalLanguages.has(language) && /^[IVXLC]{2,7}$/.test(word)) return 'depends';
  const { leading, trailing } = known.get(language) ?? others;
  const lower = word.toLowerCase();
  if (/^[\p{Lu}\p{Ll}]$/u.test(word) && isFirst) return 'yes';
  if (/^\p{Lu}$/u.test(word)) return language === 'en' && word === 'I' ? 'no' : 'depends';
  if (trailing.has(lower)) return 'depends';
  if (leading.has(lower)) return 'yes';
  if (/^(?:\p{L}\.-?)+\p{L}$/u.test(word)) return 'depends';
  if (language === 'de' && /\p{L}str$/u.test(word)) return 'depends';
  return beforeNumbers.has(lower) && /^\p{N}/u.test(following) ? 'yes' : 'no';
};

/** Whether a word, in whatever case, commonly opens a sentence of the language. */
export const opensSentence = (word: string, language: string): boolean =>
  (known.get(language) ?? others).openers.has(word.toLowerCase());
