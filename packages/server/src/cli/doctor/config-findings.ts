import type { Settings } from '../../app/config.ts';
import type { Examination } from './examine.ts';
import { type Finding, notice, problem } from './finding.ts';

const wanted = {
  llm: ['Nothing answers', 'model', '@tth/plugin-local-llm'],
  tts: ['Nothing speaks', 'voice', '@tth/plugin-espeak'],
  avatar: ['There is no face', 'face', '@tth/plugin-puppet'],
} as const;
type Stage = keyof typeof wanted;

const idOf = (entry: string | { readonly id: string }): string =>
  typeof entry === 'string' ? entry : entry.id;

const stageFindings = (
  stage: Stage,
  { routes }: Pick<Settings, 'routes'>,
  { adapters }: Examination,
): Finding[] => {
  const field = `routes.${stage}`;
  const here = adapters.filter((adapter) => adapter.stage === stage);
  const route = routes[stage]?.map(idOf);
  if (here.length === 0 && route === undefined) {
    const [what, thing, example] = wanted[stage];
    const isNeeded = stage !== 'avatar';
    const sentence = `${what}: no plugin brings a ${thing}; add one, such as "tth plugin add ${example}".`;
    return [isNeeded ? problem(field, sentence) : notice(field, sentence)];
  }
  if (route === undefined) return [];
  const missing = route.filter((id) => !here.some((adapter) => adapter.id === id));
  const idle = here.filter(({ id, failure }) => failure === undefined && !route.includes(id));
  return [
    ...missing.map((id) =>
      problem(
        field,
        `${field} names ${id}, and no plugin brings an adapter of this stage and name: correct the name, or add its plugin.`,
      ),
    ),
    ...idle.map(({ id }) =>
      notice(
        field,
        `${id} is installed but ${field} does not name it: it is never asked until you add it there.`,
      ),
    ),
  ];
};

/** What there is to say about how a configuration ties adapters together. */
export const configFindings = (settings: Pick<Settings, 'routes'>, found: Examination): Finding[] => {
  // Whatever is missing may be in the plugin that does not load, and that is said already.
  if (found.plugins.some(({ definition }) => definition === undefined)) return [];
  return (Object.keys(wanted) as Stage[]).flatMap((stage) => stageFindings(stage, settings, found));
};
