import { channelIndex } from './pose.ts';
import type { Pose } from './pose.ts';
import { visemes } from './visemes.ts';
import type { Viseme } from './visemes.ts';

/** The lips of one instant, before a character's proportions. Everything is 0–1 but `width` and `corner`. */
export interface MouthShape {
  /** Space between the lips; 1 is as far as the mouth opens. */
  gap: number;
  /** −1 drawn together, 1 drawn apart. */
  width: number;
  /** How much the lips form a ring. */
  round: number;
  /** How much of the upper and lower teeth shows. */
  teeth: number;
  lowerTeeth: number;
  /** How high the tongue lies, and how far it comes out. */
  tongue: number;
  tongueOut: number;
  /** Lower lip under the upper teeth. */
  tuck: number;
  /** Lips pressed thin. */
  press: number;
  /** Corners: −1 down, 1 up. */
  corner: number;
  /** The avatar's left corner pulled up and out. */
  dimpleLeft: number;
  /** Upper lip raised by the nose. */
  sneer: number;
}

type Row = readonly [
  gap: number,
  width: number,
  round: number,
  teeth: number,
  lowerTeeth: number,
  tongue: number,
  tongueOut: number,
  tuck: number,
  press: number,
];

const rows: Readonly<Record<Viseme, Row>> = {
  sil: [0, 0, 0, 0, 0, 0, 0, 0, 0],
  PP: [0, -0.1, 0, 0, 0, 0, 0, 0, 0.7],
  FF: [0.14, 0.06, 0, 1, 0, 0, 0, 1, 0],
  TH: [0.27, 0.08, 0, 0.8, 0.2, 0.5, 1, 0, 0],
  DD: [0.25, 0.14, 0, 0.9, 0.4, 0.85, 0, 0, 0],
  kk: [0.34, 0.12, 0, 0.75, 0.15, 0.35, 0, 0, 0],
  CH: [0.24, -0.42, 0.6, 0.9, 0.8, 0.1, 0, 0, 0],
  SS: [0.17, 0.34, 0, 1, 1, 0, 0, 0, 0],
  nn: [0.22, 0.1, 0, 0.75, 0.1, 0.9, 0, 0, 0],
  RR: [0.24, -0.34, 0.55, 0.3, 0, 0.5, 0, 0, 0],
  aa: [1, 0.02, 0.15, 0.8, 0.1, 0.3, 0, 0, 0],
  E: [0.58, 0.3, 0, 0.95, 0.25, 0.4, 0, 0, 0],
  ih: [0.33, 0.4, 0, 1, 0.5, 0.35, 0, 0, 0],
  oh: [0.72, -0.5, 0.85, 0.35, 0, 0.1, 0, 0, 0],
  ou: [0.3, -0.85, 1, 0, 0, 0, 0, 0, 0],
};

const clamp01 = (value: number): number => Math.max(0, Math.min(1, value));

/** What a face shows of an expression weight: half a smile is already most of one. */
export const felt = (weight: number): number => 1 - Math.max(0, 1 - weight) ** 1.6;

/** The lips that a pose asks for, expression included. */
export const mouthShape = (pose: Pose): MouthShape => {
  const mixed = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let spoken = 0;
  for (const viseme of visemes) {
    const weight = pose[channelIndex[viseme]] ?? 0;
    if (weight <= 0) continue;
    spoken += weight;
    rows[viseme].forEach((value, i) => (mixed[i] = (mixed[i] ?? 0) + value * weight));
  }
  const [
    gap = 0,
    width = 0,
    round = 0,
    teeth = 0,
    lowerTeeth = 0,
    tongue = 0,
    tongueOut = 0,
    tuck = 0,
    press = 0,
  ] = mixed;
  const channel = (name: keyof typeof channelIndex): number => pose[channelIndex[name]] ?? 0;
  const smile = felt(channel('mouthSmile'));
  const stretch = felt(channel('mouthStretch'));
  const sneer = felt(channel('noseSneer'));
  // Lips that meet are shut: from 0.8 of a PP on, nothing is left of the neighbours' opening.
  const shut = clamp01((channel('PP') - 0.35) / 0.45);
  // Surprise and fear part the lips of a mouth that has nothing to say.
  const gasp =
    clamp01((Math.min(channel('browOuterUp'), channel('eyeWide')) - 0.3) * 2.6) * clamp01(1 - spoken * 1.5);
  const grimace = clamp01((stretch - 0.15) * 3) * clamp01(1 - spoken * 1.5);
  return {
    gap: clamp01((gap + 0.42 * gasp + 0.17 * grimace) * (1 - shut)),
    width: Math.max(
      -1,
      Math.min(1, width + 0.75 * smile + 0.55 * stretch - 0.5 * gasp - 0.15 * channel('mouthPress')),
    ),
    round: clamp01(round + 0.8 * gasp),
    teeth: clamp01(teeth + grimace),
    lowerTeeth: clamp01(lowerTeeth + grimace),
    tongue: clamp01(tongue),
    tongueOut: clamp01(tongueOut),
    tuck: clamp01(tuck),
    press: clamp01(press + felt(channel('mouthPress')) * 1.2),
    corner: Math.max(
      -1,
      Math.min(
        1,
        smile * 1.15 -
          felt(channel('mouthFrown')) * 1.2 -
          stretch * 1.15 -
          sneer * 0.4 -
          felt(channel('browDown')) * 0.3,
      ),
    ),
    dimpleLeft: channel('mouthDimpleLeft'),
    sneer,
  };
};

/**
 * How open the drawn mouth is, 0 (lips meet) to 1 (the widest `aa`): the height of the space between the lips that
 * `draw` would show for this pose. Exactly 0 for `sil`, for `PP` from 0.8 on, and for a face at rest.
 */
export const mouthOpening = (pose: Pose): number => mouthShape(pose).gap;
