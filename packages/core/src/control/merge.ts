import {
  type ControlPatch,
  type Controls,
  type EmotionControl,
  neutralControls,
} from '../domain/controls.ts';
import type { Persona } from './personas.ts';

type Asked<Control> = { readonly [Field in keyof Control]?: Control[Field] | undefined };

/** `below` with every field of `above` that has a value. */
const overlay = <Part extends object>(below: Part, above: Asked<Part> | undefined): Part => ({
  ...below,
  ...Object.fromEntries(Object.entries(above ?? {}).filter(([, value]) => value !== undefined)),
});

/** One patch over another; the later one wins per field. */
export const mergePatches = (below: ControlPatch, above: ControlPatch): ControlPatch => ({
  emotion: overlay(below.emotion ?? {}, above.emotion),
  character: overlay(below.character ?? {}, above.character),
  render: overlay(below.render ?? {}, above.render),
  alignment: overlay(below.alignment ?? {}, above.alignment),
  strict: above.strict ?? below.strict,
});

const apply = (controls: Controls, patch: ControlPatch): Controls => ({
  emotion: overlay(controls.emotion, patch.emotion),
  character: overlay(controls.character, patch.character),
  render: overlay(controls.render, patch.render),
  alignment: overlay(controls.alignment, patch.alignment),
});

/**
 * The controls of one sentence: user over model hint over persona over neutral. A hint changes the emotion
 * alone; identity, voice and everything else are out of a model's reach.
 */
export const mergeControls = (
  persona: Persona,
  user: ControlPatch,
  hint: EmotionControl | undefined,
): Controls => {
  const base = apply(neutralControls, {
    character: { personaId: persona.id, language: persona.language },
    render: { identity: persona.identity },
  });
  const withPersona = apply(base, persona.controls ?? {});
  const withHint = hint === undefined ? withPersona : apply(withPersona, { emotion: hint });
  const asked = user.emotion?.label !== undefined && user.emotion.intensity === undefined;
  return apply(withHint, asked ? { ...user, emotion: { ...user.emotion, intensity: 0.7 } } : user);
};
