const words = (list: string): readonly string[] => list.split(' ');

/** Written with a dot and followed by more of the sentence, in any language. */
const anywhere = words('mr mrs ms dr prof st vs e.g i.e etc');

const byLanguage: Readonly<Record<string, readonly string[]>> = {
  en: words('sr jr approx dept est inc ltd corp gen sgt capt rev hon a.m p.m u.s u.k'),
  de: words('hr fr z.b d.h u.a usw bzw ca evtl ggf inkl str vgl s.o s.u bsp'),
  fr: words('mm mme mlle ste p.ex env av apr'),
  es: words('sr sra srta dra d dña ud uds p.ej aprox av'),
  it: words('sig sigg dott ecc avv ing'),
  pt: words('sr sra dra ex av'),
  nl: words('dhr mevr bijv enz o.a d.w.z ca'),
  pl: words('np itd itp ul tj godz'),
  ru: words('г ул д т.е т.д т.п др проф стр руб тыс'),
  tr: words('sn vb örn cad sok'),
  sv: words('t.ex bl.a osv m.m'),
  cs: words('např atd tj'),
};

/** Short for something only before a number: "No. 5", "Jan. 3"; elsewhere an ordinary word. */
const beforeNumbers = new Set(
  words(
    'no nr núm fig vol art abs p pp pg pag pág str blz č s jan feb mar apr jun jul aug sep sept oct nov dec',
  ),
);

/** Where a dot after a number makes it an ordinal: "am 3. Mai". */
const ordinalLanguages = new Set(words('de cs sk pl da nb no nn fi hu sl hr et lv tr'));

const known = new Map(
  Object.entries(byLanguage).map(([language, list]) => [language, new Set([...anywhere, ...list])]),
);
const others: ReadonlySet<string> = new Set(anywhere);

/** Whether the dot that ends `before` belongs to its word: an abbreviation, an initial or an ordinal. */
export const isAbbreviation = (before: string, next: string, language: string): boolean => {
  if (/^\s*\p{N}{1,3}\.$/u.test(before)) return true;
  if (/\s\p{N}{1,2}\.$/u.test(before)) return ordinalLanguages.has(language);
  const word = /([\p{L}\p{M}.]{1,24})\.$/u.exec(before)?.[1];
  if (word === undefined) return false;
  if (/^\p{Lu}$/u.test(word)) return word !== 'I';
  if (/^(\p{L}\.)+\p{L}$/u.test(word)) return true;
  const lower = word.toLowerCase();
  return (known.get(language) ?? others).has(lower) || (beforeNumbers.has(lower) && /^\p{N}/u.test(next));
};
