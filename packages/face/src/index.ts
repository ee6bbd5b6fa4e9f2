export {
  addToChannel,
  blendPoses,
  channelIndex,
  decodePose,
  encodePose,
  neutralPose,
  poseChannels,
  poseSize,
} from './pose.ts';
export type { Pose, PoseChannel } from './pose.ts';
export { estimatePhonemeLengths, ipaToVisemes, visemes } from './visemes.ts';
export type { Viseme, VisemePart } from './visemes.ts';
export { createVisemeTrack, phonemesToCues } from './viseme-track.ts';
export type { TimedPhoneme, VisemeCue, VisemeTrack } from './viseme-track.ts';
export { addExpression, createExpressionTrack, emotionLabels, isEmotionLabel } from './expression.ts';
export type { EmotionLabel, ExpressionTrack } from './expression.ts';
export { addGaze, gazeDirections, gazeTargets, isGazeDirection } from './gaze.ts';
export type { GazeDirection } from './gaze.ts';
export { addIdleMotion, addSpeakingMotion } from './motion.ts';
export type { HeadMotion } from './motion.ts';
export { characters, isCharacterId } from './characters.ts';
export type { Character, CharacterId } from './characters.ts';
export { createFacePainter } from './painter.ts';
export type { FaceFraming, FacePainter, FacePainterOptions } from './painter.ts';
export { greenscreenColor } from './background.ts';
export type { FaceBackground } from './background.ts';
export type { CreateCanvas, FaceContext, LayerCanvas } from './canvas.ts';
export { mouthOpening } from './mouth-shape.ts';
