import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { greenscreenColor } from './background.ts';
import { characters, isCharacterId } from './characters.ts';
import type { CharacterId } from './characters.ts';
import { addExpression, emotionLabels } from './expression.ts';
import { mouthOpening } from './mouth-shape.ts';
import { createFacePainter } from './painter.ts';
import type { FacePainterOptions } from './painter.ts';
import { channelIndex, neutralPose } from './pose.ts';
import type { Pose, PoseChannel } from './pose.ts';

const sizePx = 160;
const characterIds = Object.keys(characters) as CharacterId[];

const poseWith = (channels: Partial<Record<PoseChannel, number>>): Pose => {
  const pose = neutralPose();
  for (const [name, value] of Object.entries(channels)) pose[channelIndex[name as PoseChannel]] = value;
  return pose;
};

const startPainter = (options: Partial<FacePainterOptions> = {}) => {
  const painter = createFacePainter({
    character: 'mira',
    widthPx: sizePx,
    heightPx: sizePx,
    createCanvas,
    ...options,
  });
  const canvas = createCanvas(options.widthPx ?? sizePx, options.heightPx ?? sizePx);
  return (pose: Pose): Uint8ClampedArray => {
    const context = canvas.getContext('2d');
    painter.draw(context, pose);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  };
};

/** Share of pixels that differ visibly between two pictures. */
const difference = (a: Uint8ClampedArray, b: Uint8ClampedArray): number => {
  let changed = 0;
  for (let i = 0; i < a.length; i += 4) {
    const delta = [0, 1, 2].reduce((sum, c) => sum + Math.abs((a[i + c] ?? 0) - (b[i + c] ?? 0)), 0);
    if (delta > 24) changed += 1;
  }
  return changed / (a.length / 4);
};

const pixelAt = (data: Uint8ClampedArray, x: number, y: number) =>
  Array.from(data.slice((y * sizePx + x) * 4, (y * sizePx + x) * 4 + 4));

describe('mouth opening', () => {
  it('is 0 at rest, for sil, and for PP from 0.8 on, whatever fades beside it', () => {
    expect(mouthOpening(neutralPose())).toBe(0);
    expect(mouthOpening(poseWith({ sil: 1 }))).toBe(0);
    expect(mouthOpening(poseWith({ PP: 1 }))).toBe(0);
    expect(mouthOpening(poseWith({ PP: 0.8, aa: 0.2 }))).toBe(0);
    expect(mouthOpening(poseWith({ sil: 1, browOuterUp: 0.7, eyeWide: 0.6 }))).toBe(0);
  });

  it('is 1 for the widest vowel and orders the others as mouths do', () => {
    const opening = (name: PoseChannel) => mouthOpening(poseWith({ [name]: 1 }));

    expect(opening('aa')).toBe(1);
    expect(opening('aa')).toBeGreaterThan(opening('oh'));
    expect(opening('oh')).toBeGreaterThan(opening('ih'));
    expect(opening('ih')).toBeGreaterThan(opening('FF'));
    expect(opening('FF')).toBeGreaterThan(0);
  });

  it.each(characterIds)('grows with the dark between the lips that %s shows', (character) => {
    const draw = startPainter({ character, framing: 'close' });
    const shut = draw(neutralPose()).slice();
    const shown = [0.2, 0.5, 1].map((aa) => difference(draw(poseWith({ aa })), shut));

    expect(shown[0]).toBeGreaterThan(0);
    expect(shown[1]).toBeGreaterThan(shown[0] ?? 1);
    expect(shown[2]).toBeGreaterThan(shown[1] ?? 1);
  });
});

describe('face painter', () => {
  it('knows its characters', () => {
    expect(characterIds).toContain('mira');
    expect(characterIds).toContain('otto');
    expect(isCharacterId('otto')).toBe(true);
    expect(isCharacterId('toString')).toBe(false);
  });

  it.each(characterIds)('draws %s with the same pixels for the same pose', (character) => {
    const pose = poseWith({
      aa: 0.7,
      mouthSmile: 0.4,
      headYaw: 0.3,
      headRoll: -0.2,
      gazeX: 0.5,
      breath: 0.6,
    });
    const once = startPainter({ character })(pose).slice();
    const drawAgain = startPainter({ character });
    drawAgain(poseWith({ oh: 1, headYaw: -1 }));

    expect(difference(once, drawAgain(pose))).toBe(0);
    expect(Buffer.compare(Buffer.from(once), Buffer.from(drawAgain(pose)))).toBe(0);
  });

  it.each(characterIds)('gives %s seven basic emotions that look different from each other', (character) => {
    const draw = startPainter({ character, framing: 'close' });
    const faces = emotionLabels.slice(0, 7).map((label) => {
      const pose = neutralPose();
      addExpression(label, 1, pose);
      return draw(pose).slice();
    });

    for (const [i, face] of faces.entries()) {
      for (const other of faces.slice(i + 1)) expect(difference(face, other)).toBeGreaterThan(0.004);
    }
  });

  it('draws the two characters differently', () => {
    expect(
      difference(
        startPainter({ character: 'mira' })(neutralPose()),
        startPainter({ character: 'otto' })(neutralPose()),
      ),
    ).toBeGreaterThan(0.3);
  });

  it.each([
    ['headYaw', 0.8],
    ['headPitch', 0.8],
    ['headRoll', 0.8],
    ['gazeX', 1],
    ['gazeY', -1],
    ['eyeBlinkLeft', 1],
    ['eyeBlinkRight', 1],
    ['breath', 1],
    ['mouthDimpleLeft', 1],
    ['browDown', 1],
  ] as const)('shows %s', (channel, value) => {
    const draw = startPainter();
    const rest = draw(neutralPose()).slice();

    expect(difference(draw(poseWith({ [channel]: value })), rest)).toBeGreaterThan(0.001);
  });

  it("shuts the avatar's left eye on the right of the picture", () => {
    const draw = startPainter({ framing: 'close' });
    const rest = draw(neutralPose()).slice();
    const wink = draw(poseWith({ eyeBlinkLeft: 1 }));
    const changed = (fromX: number, toX: number): number => {
      let count = 0;
      for (let y = 0; y < sizePx; y += 1) {
        for (let x = fromX; x < toX; x += 1) {
          if (pixelAt(rest, x, y).join() !== pixelAt(wink, x, y).join()) count += 1;
        }
      }
      return count;
    };

    expect(changed(0, sizePx / 2)).toBe(0);
    expect(changed(sizePx / 2, sizePx)).toBeGreaterThan(50);
  });

  it('fills the picture behind the avatar as asked', () => {
    const corner = (background: NonNullable<FacePainterOptions['background']>) =>
      pixelAt(startPainter({ background })(neutralPose()), 1, 1);

    expect(corner({ color: '#204060' })).toEqual([0x20, 0x40, 0x60, 255]);
    expect(corner('greenscreen')).toEqual([0, 255, 155, 255]);
    expect(greenscreenColor).toBe('#00ff9b');
    expect(corner('transparent')).toEqual([0, 0, 0, 0]);
    expect(corner('studio')[3]).toBe(255);
  });

  it('leaves nothing of the last frame on a transparent picture', () => {
    const draw = startPainter({ background: 'transparent' });
    const rest = draw(neutralPose()).slice();
    draw(poseWith({ headRoll: 1, headYaw: 1 }));

    expect(difference(draw(neutralPose()), rest)).toBe(0);
  });

  it("leaves the context's own state as it was", () => {
    const painter = createFacePainter({ character: 'mira', widthPx: sizePx, heightPx: sizePx, createCanvas });
    const context = createCanvas(sizePx, sizePx).getContext('2d');
    context.fillStyle = '#123456';
    context.globalAlpha = 0.5;

    painter.draw(context, poseWith({ mouthSmile: 1 }));

    expect(context.fillStyle).toBe('#123456');
    expect(context.globalAlpha).toBe(0.5);
    expect(context.getTransform().isIdentity).toBe(true);
  });

  it.each(['close', 'bust', 'half'] as const)(
    'shows a face in the %s framing of a wide and of a tall picture',
    (framing) => {
      for (const [widthPx, heightPx] of [
        [240, 120],
        [120, 240],
      ] as const) {
        const draw = startPainter({ framing, widthPx, heightPx, background: 'transparent' });
        const data = draw(neutralPose());
        let covered = 0;
        for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 200) covered += 1;

        expect(covered / (data.length / 4)).toBeGreaterThan(0.15);
      }
    },
  );
});
