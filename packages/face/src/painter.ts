import { bakeCheek, bakeEars, bakeFace, bakeMoustache, bakeNose, jawLine } from './bake-head.ts';
import { bakeBackHair, bakeFrontHair } from './bake-hair.ts';
import { bakeBody } from './bake-body.ts';
import { paintBackground } from './background.ts';
import { badgeBox, paintBadge } from './badge.ts';
import type { FaceBackground } from './background.ts';
import { bakeLayer, drawLayer } from './canvas.ts';
import type { CreateCanvas, FaceContext, Layer } from './canvas.ts';
import { characters } from './characters.ts';
import type { Character, CharacterId } from './characters.ts';
import { bakeIris, drawBrow, drawEye } from './draw-eyes.ts';
import { drawFold, drawForeheadLines, drawFrownLines, drawGlasses, drawNose } from './draw-features.ts';
import { drawMouth, placeLips } from './draw-mouth.ts';
import { felt, mouthShape } from './mouth-shape.ts';
import { channelIndex, poseChannels } from './pose.ts';
import type { Pose, PoseChannel } from './pose.ts';

/** How much of the avatar the picture shows. */
export type FaceFraming = 'close' | 'bust' | 'half';

/** What to paint, and how large. */
export interface FacePainterOptions {
  readonly character: CharacterId;
  readonly widthPx: number;
  readonly heightPx: number;
  /** `bust` when left out. */
  readonly framing?: FaceFraming;
  /** `studio` when left out. */
  readonly background?: FaceBackground;
  /** Whether a badge in a corner says that the person is synthetic; none when left out. */
  readonly badge?: boolean;
  /** Makes the canvases that still parts are baked to: `OffscreenCanvas` in a browser, `createCanvas` of `@napi-rs/canvas` on a server. */
  readonly createCanvas: CreateCanvas;
}

/** Paints one character. */
export interface FacePainter {
  /** Fills the `widthPx` × `heightPx` rectangle at the context's origin with the face of this pose; the context's state is kept. */
  draw(context: FaceContext, pose: Pose): void;
}

/** Height of the picture in face units, and the unit at its middle. */
const framings: Readonly<Record<FaceFraming, { readonly height: number; readonly middleY: number }>> = {
  close: { height: 300, middleY: -8 },
  bust: { height: 364, middleY: 20 },
  half: { height: 540, middleY: 104 },
};

interface Layers {
  readonly background: Layer | null;
  readonly backHair: Layer;
  readonly frontHair: Layer;
  readonly body: Layer;
  readonly face: Layer;
  readonly ears: Layer | null;
  readonly nose: Layer;
  readonly cheek: Layer;
  readonly iris: Layer;
  readonly moustache: Layer | null;
  readonly badge: Layer | null;
}

type Channels = Readonly<Record<PoseChannel, number>>;

const firstExpression = channelIndex.browInnerUp;
const lastExpression = channelIndex.mouthDimpleLeft;

const readChannels = (pose: Pose): Channels => {
  const channels = {} as Record<PoseChannel, number>;
  for (const [index, name] of poseChannels.entries()) {
    const value = pose[index] ?? 0;
    channels[name] = index >= firstExpression && index <= lastExpression ? felt(value) : value;
  }
  return channels;
};

const turnAngle = 0.28;
const nodAngle = 0.21;

/** Where a point on the curved front of the head lands, and how much it narrows, when the head turns and nods. */
const project = (x: number, y: number, depth: number, { headYaw, headPitch }: Channels) => {
  const turn = headYaw * turnAngle;
  const round = Math.sqrt(Math.max(0.2, 1 - (x / 112) ** 2));
  const z = depth * round;
  const slope = ((-x / 112 ** 2) * depth) / round;
  return {
    x: x * Math.cos(turn) + z * Math.sin(turn),
    y: y - z * Math.sin(headPitch * nodAngle),
    scaleX: Math.max(0.55, Math.cos(turn) + slope * Math.sin(turn)),
  };
};

const drawFaceBase = (context: FaceContext, layers: Layers, channels: Channels, gap: number): void => {
  const { headYaw, headPitch } = channels;
  const shear = headYaw * 0.08;
  // The chin, some 70 units below the line, falls by 10.
  const drop = gap * 0.14;
  context.save();
  context.transform(1, 0, shear, 1 - Math.abs(headPitch) * 0.02, headYaw * 9 + shear * 10, -headPitch * 4);
  drawLayer(context, layers.face, (y) => {
    // A nod carries the middle of the face further than its rim.
    const middle = Math.max(0, 1 - ((y - 46) / 78) ** 2);
    return y - headPitch * 10 * middle + Math.max(0, y - jawLine) * drop;
  });
  context.restore();
};

const at = (
  context: FaceContext,
  point: { x: number; y: number; scaleX: number },
  draw: () => void,
): void => {
  context.save();
  context.translate(point.x, point.y);
  context.scale(point.scaleX, 1);
  draw();
  context.restore();
};

const drawFeatures = (
  context: FaceContext,
  character: Character,
  layers: Layers,
  pose: Pose,
  channels: Channels,
): void => {
  const { eyes, mouth, nose, lines, glasses } = character;
  const shape = mouthShape(pose);
  const lips = placeLips(mouth, shape);
  const { browInnerUp, browOuterUp, browDown, cheekSquint, mouthSmile, noseSneer, eyeWide, eyeSquint } =
    channels;
  const squint = Math.min(1, eyeSquint + noseSneer * 0.35);
  drawFaceBase(context, layers, channels, shape.gap);

  const lift = Math.max(cheekSquint, mouthSmile * 0.8, noseSneer * 0.5);
  for (const side of [-1, 1] as const) {
    if (lift < 0.05) continue;
    at(context, project(side * 47, 34 - lift * 6, 66, channels), () => {
      context.globalAlpha = Math.min(1, lift);
      drawLayer(context, layers.cheek);
    });
  }

  at(context, project(0, -54, 74, channels), () =>
    drawForeheadLines(context, character, Math.min(1, (browInnerUp + browOuterUp) * 0.55 + lines * 0.35)),
  );

  const lenses = [];
  for (const side of [-1, 1] as const) {
    const point = project(side * eyes.x, eyes.y, 76, channels);
    lenses.push(point);
    at(context, point, () =>
      drawEye(context, character, layers.iris, {
        side,
        // The avatar's right eye is on the left of the picture.
        blink: side < 0 ? channels.eyeBlinkRight : channels.eyeBlinkLeft,
        squint,
        cheek: Math.min(1, cheekSquint * 1.15),
        wide: eyeWide,
        droop: Math.min(1, 1.4 * Math.min(browInnerUp, channels.mouthFrown)),
        browInnerUp,
        browDown,
        gazeX: channels.gazeX,
        gazeY: channels.gazeY,
      }),
    );
    at(context, project(side * eyes.x, eyes.y, 80, channels), () =>
      drawBrow(context, character, {
        side,
        innerUp: browInnerUp,
        outerUp: browOuterUp,
        down: Math.min(1, browDown + noseSneer * 0.5),
      }),
    );
  }
  at(context, project(0, -8, 82, channels), () => drawFrownLines(context, character, browDown));

  at(context, project(0, nose.y - noseSneer * 2, 96, channels), () => {
    drawLayer(context, layers.nose);
    drawNose(context, character, noseSneer, channels.headYaw);
  });

  const mouthPoint = project(0, mouth.y, 84, channels);
  at(context, mouthPoint, () => {
    for (const side of [-1, 1]) {
      const cornerX = side < 0 ? lips.leftX : lips.rightX;
      const cornerY = side < 0 ? lips.leftY : lips.rightY;
      const dimple = side > 0 ? shape.dimpleLeft : 0;
      const depth =
        (mouthSmile * 0.8 + noseSneer * 0.8 + lines * 0.3 + dimple * 0.9) *
        (layers.moustache ? 0.4 : 0.55 + 0.45 * lines);
      drawFold(
        context,
        character,
        side * (nose.width + 5),
        nose.y - mouth.y - 4,
        cornerX + side * 10,
        cornerY - 4,
        depth,
      );
    }
    drawMouth(context, character, shape, lips);
    if (!layers.moustache) return;
    context.translate(0, lips.upperOuterY);
    for (const side of [-1, 1]) {
      context.save();
      context.scale(side * (1 + shape.width * 0.14), 1);
      // Its ends ride on the corners of the mouth.
      context.rotate(Math.atan2((side < 0 ? lips.leftY : lips.rightY) + mouth.rest, 40) * 1.2);
      drawLayer(context, layers.moustache);
      context.restore();
    }
  });
  if (glasses) {
    const { headYaw } = channels;
    const earX = character.face.cheekX + 4;
    drawGlasses(context, glasses, lenses, [-earX + headYaw * 7, earX + headYaw * 7]);
  }
};

const drawAvatar = (context: FaceContext, character: Character, layers: Layers, pose: Pose): void => {
  const channels = readChannels(pose);
  const { headYaw, headPitch, headRoll, breath } = channels;
  const inHead = (draw: () => void): void => {
    context.save();
    context.translate(headYaw * 3, 112 - breath * 1.2);
    context.rotate(headRoll * 0.24);
    context.translate(0, -112);
    draw();
    context.restore();
  };
  const shifted = (layer: Layer, x: number, y: number): void => {
    context.save();
    context.translate(x, y);
    drawLayer(context, layer);
    context.restore();
  };

  inHead(() => shifted(layers.backHair, -headYaw * 4, headPitch * 4));
  context.save();
  context.translate(0, 300 - breath * 2.2);
  context.scale(1 + breath * 0.006, 1 + breath * 0.006);
  context.translate(0, -300);
  drawLayer(context, layers.body);
  context.restore();
  inHead(() => {
    if (layers.ears) shifted(layers.ears, -headYaw * 6, headPitch * 5);
    drawFeatures(context, character, layers, pose, channels);
    shifted(layers.frontHair, headYaw * 7, -headPitch * 5);
  });
};

/**
 * Makes a painter. Everything that does not move by itself is baked here, once; a drawn frame only moves layers and
 * fills small paths. The same pose always gives the same pixels.
 */
export const createFacePainter = ({
  character: id,
  widthPx,
  heightPx,
  framing = 'bust',
  background = 'studio',
  badge = false,
  createCanvas,
}: FacePainterOptions): FacePainter => {
  const character: Character = characters[id];
  const { height, middleY } = framings[framing];
  const scale = heightPx / height;
  const pxPerUnit = scale * 1.3;
  const whole = { x: 0, y: 0, width: widthPx, height: heightPx };
  const layers: Layers = {
    background:
      background === 'transparent'
        ? null
        : bakeLayer(createCanvas, whole, 1, (context) =>
            paintBackground(context, background, character, widthPx, heightPx),
          ),
    badge: badge
      ? bakeLayer(createCanvas, badgeBox(widthPx, heightPx), 1, (context) =>
          paintBadge(context, widthPx, heightPx),
        )
      : null,
    backHair: bakeBackHair(createCanvas, pxPerUnit, character),
    frontHair: bakeFrontHair(createCanvas, pxPerUnit, character),
    body: bakeBody(createCanvas, pxPerUnit, character),
    face: bakeFace(createCanvas, pxPerUnit, character),
    ears: character.hair.style === 'swept' ? bakeEars(createCanvas, pxPerUnit, character) : null,
    nose: bakeNose(createCanvas, pxPerUnit, character),
    cheek: bakeCheek(createCanvas, pxPerUnit, character),
    iris: bakeIris(createCanvas, scale * 2, character),
    moustache: bakeMoustache(createCanvas, pxPerUnit, character),
  };

  return {
    draw(context, pose) {
      context.save();
      if (layers.background) drawLayer(context, layers.background);
      else context.clearRect(0, 0, widthPx, heightPx);
      context.lineCap = 'round';
      context.lineJoin = 'round';
      context.translate(widthPx / 2, heightPx / 2);
      context.scale(scale, scale);
      context.translate(0, -middleY);
      drawAvatar(context, character, layers, pose);
      context.restore();
      if (layers.badge) drawLayer(context, layers.badge);
    },
  };
};
