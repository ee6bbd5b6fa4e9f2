import {
  type ControlPatch,
  type Controls,
  type EmotionControl,
  neutralControls,
} from '../domain/controls.ts';
import type { Persona } from './personas.ts';

const defined = <Part extends object>(part: Part | undefined): Partial<Part> =>
  Object.fromEntries(Object.entries(part ?? {}).filter(([, value]) => value !== undefined)) as Partial<Part>;

/** One patch over another; the later one wins per field. */
export const mergePatches = (below: ControlPatch, above: ControlPatch): ControlPatch => ({
  emotion: { ...defined(below.emotion), ...defined(above.emotion) },
  character: { ...defined(below.character), ...defined(above.character) },
  render: { ...defined(below.render), ...defined(above.render) },
  alignment: { ...defined(below.alignment), ...defined(above.alignment) },
});

const apply = (controls: Controls, patch: ControlPatch): Controls => ({
  emotion: { ...controls.emotion, ...defined(patch.emotion) },
  character: { ...controls.character, ...defined(patch.character) },
  render: { ...controls.render, ...defined(patch.render) },
  alignment: { ...controls.alignment, ...defined(patch.alignment) },
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
