import { fold, unmask, wordsOf } from './fold.ts';

/** Words as texts are read that are compared with them. */
const setOf = (words: string): ReadonlySet<string> => new Set(wordsOf(unmask(fold(words))));

/** Telling somebody to leave something aside. */
export const overrideVerbs = setOf(`
  ignore disregard forget override bypass overrule neglect skip
  ignoriere ignorier vergiss missachte ignorez ignore oublie oubliez ignora ignorad olvida ignorare dimentica
  ignorar esqueca desconsidere negeer vergeet zignoruj ignoruj zapomnij игнорируй игнорируйте забудь забудьте
  ignorera glom abaikan lupakan`);

/** The same where the verb comes last. */
export const trailingVerbs = setOf('unut unutun yoksay');

/** What a model has been told. */
export const orderNouns = setOf(`
  instruction instructions prompt prompts rules guidelines guardrails directives directions orders restrictions
  anweisung anweisungen vorgaben regeln instructions consignes regles instrucciones reglas indicaciones
  istruzioni regole instrucoes regras instructies regels instrukcje polecenia zasady инструкции инструкций
  правила указания instruktioner talimatları talimatlar instruksi perintah`);

/** That it was told so before, or by somebody else. */
export const orderMarks = setOf(`
  previous prior above earlier preceding all any your system initial original old hidden safety
  vorherigen vorigen bisherigen alle deine precedentes precedente toutes vos tes anteriores previas todas tus
  precedenti tutte tue anteriores suas vorige eerdere alle poprzednie wszystkie предыдущие предыдущих все свои
  tidigare onceki sebelumnya semua`);

/** Asking to see something. */
export const revealVerbs = setOf(`
  reveal show print repeat output display tell give write recite leak share what
  zeige zeig nenne wiederhole montre affiche repete muestra repite mostra ripeti mostre repita toon herhaal
  pokaz powtorz покажи повтори`);

/** Scripts that put no spaces between words: verb and noun as they are written. */
export const unspacedOrders: readonly RegExp[] = [
  /(?:忽略|无视|無視|忘记|忘記)[^。！？\n]{0,12}(?:指令|指示|提示|规则|規則)/u,
  /(?:指示|命令|プロンプト|ルール)[^。！？\n]{0,8}(?:無視|忘れ)/u,
  /(?:지시|명령|프롬프트|규칙)[^.!?\n]{0,8}(?:무시|잊)/u,
];

/** Phrases of folded words with how suspicious each is, 0 to 1. */
export const suspiciousPhrases: Readonly<Record<string, number>> = {
  'do anything now': 1,
  'developer mode': 0.6,
  'debug mode': 0.4,
  'god mode': 0.6,
  'dan mode': 1,
  jailbreak: 0.6,
  jailbroken: 0.6,
  'you are now': 0.4,
  'from now on you': 0.4,
  'pretend you are': 0.3,
  'pretend to be': 0.3,
  'act as': 0.2,
  'roleplay as': 0.3,
  'role play as': 0.3,
  'no restrictions': 0.5,
  'without restrictions': 0.5,
  'without any restrictions': 0.6,
  'no filters': 0.4,
  'no rules': 0.3,
  'new instructions': 0.6,
  'for educational purposes': 0.3,
  'for education': 0.2,
  'system prompt': 0.5,
};
