import { mergeControls, mergePatches } from '../control/merge.ts';
import { normalizeControls } from '../control/normalize.ts';
import type { Persona } from '../control/personas.ts';
import { isDegraded } from '../control/report.ts';
import type { ControlPatch, LooseControls } from '../domain/controls.ts';
import { TthError } from '../domain/errors.ts';
import type { ControlOutcome } from '../domain/events.ts';
import type { Pacing } from '../pipeline/playout.ts';
import type { Router } from '../routing/router.ts';
import { previewControls } from './fitted.ts';
import { findAvatar, speaks } from './turn-providers.ts';

export interface SessionControlsOptions {
  readonly persona: Persona;
  /** Whom `character.personaId` may name. */
  readonly personas: readonly Persona[];
  /** What the session begins with. */
  readonly controls: LooseControls;
  /** Codecs of its pictures, best first. */
  readonly video: readonly string[];
  readonly pacing: Pacing;
  readonly need: { readonly tags: readonly string[]; readonly conversation: string };
  readonly router: Router;
}

/** What the client of a session asked for so far, whom it names, and what the providers would make of it. */
export class SessionControls {
  /** What was wrong with the controls that the session began with. */
  readonly firstOutcomes: readonly ControlOutcome[];
  readonly #options: SessionControlsOptions;
  #asked: ControlPatch;

  constructor(options: SessionControlsOptions) {
    const { patch, outcomes } = normalizeControls(options.controls);
    this.#options = options;
    this.#asked = patch;
    this.firstOutcomes = outcomes;
  }

  /** What counts for every turn that does not say otherwise. */
  get asked(): ControlPatch {
    return this.#asked;
  }

  /** The persona that controls name; the session's own for a name that is not known. */
  personaFor({ character }: ControlPatch): Persona {
    const { persona, personas } = this.#options;
    return personas.find(({ id }) => id === character?.personaId) ?? persona;
  }

  /** Adds to what is asked for, and returns what became of it. `isBusy`: a turn runs, which is not changed any more. */
  change(controls: LooseControls, isBusy: boolean): readonly ControlOutcome[] {
    const { patch, outcomes } = normalizeControls(controls);
    this.#asked = mergePatches(this.#asked, patch);
    const changed = new Set(fieldsOf(patch));
    const later = this.#preview(this.#asked, outcomes)
      .filter(({ field }) => changed.has(field))
      .map((outcome): ControlOutcome => {
        const waits = isBusy && outcome.result === 'applied';
        return waits
          ? { ...outcome, result: 'deferred', reason: 'It counts from the next turn on.' }
          : outcome;
      });
    return [...outcomes, ...later];
  }

  /** What counts in a turn that asks for this besides. */
  with(patch: ControlPatch): ControlPatch {
    return mergePatches(this.#asked, patch);
  }

  /**
   * Throws `protocol.controls_refused` where controls are to be honoured or refused, and cannot be honoured. `told`: what
   * was wrong with how they were written.
   */
  checkStrict(wanted: ControlPatch, told: readonly ControlOutcome[]): void {
    if (wanted.strict !== true) return;
    const degraded = [...told, ...this.#preview(wanted, told)].filter(isDegraded);
    if (degraded.length === 0) return;
    throw new TthError(
      'protocol.controls_refused',
      'These controls cannot all be honoured; change those that details name, or leave out strict.',
      { details: { outcomes: degraded } },
    );
  }

  /** What would become of these controls if a turn began now. `told`: what was said of them already. */
  #preview(asked: ControlPatch, told: readonly ControlOutcome[]): readonly ControlOutcome[] {
    const { router, video, need, pacing } = this.#options;
    const persona = this.personaFor(asked);
    const { language } = mergeControls(persona, asked, undefined).character;
    const face = findAvatar(router, video, need)?.route.adapter;
    const voice =
      face?.capabilities().input === 'text'
        ? undefined
        : router.find('tts', { ...need, prefers: speaks(language) })?.adapter;
    return previewControls({ persona, asked }, { voice, face, isFollowed: pacing === 'realtime', told });
  }
}

/** The controls that a patch has a value for, as dotted paths. */
const fieldsOf = (patch: ControlPatch): string[] =>
  Object.entries(patch).flatMap(([part, fields]) =>
    typeof fields === 'object' ? Object.keys(fields).map((field) => `${part}.${field}`) : [],
  );
