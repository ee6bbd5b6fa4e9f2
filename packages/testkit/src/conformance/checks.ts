import type { Stage } from '@tth/core/plugin';
import { answerChecks } from './answer-checks.ts';
import type { AvatarSubject } from './avatar-subject.ts';
import { cancelChecks } from './cancel-checks.ts';
import type { Check } from './check.ts';
import { contractChecks } from './contract-checks.ts';
import { faceChecks } from './face-checks.ts';
import { faultChecks } from './fault-checks.ts';
import { lifecycleChecks } from './lifecycle-checks.ts';
import type { LlmSubject } from './llm-subject.ts';
import { modelChecks } from './model-checks.ts';
import { pictureChecks } from './picture-checks.ts';
import { privacyChecks } from './privacy-checks.ts';
import { speechChecks } from './speech-checks.ts';
import { timingChecks } from './timing-checks.ts';
import type { TtsSubject } from './tts-subject.ts';
import { voiceChecks } from './voice-checks.ts';

const shared: readonly Check[] = [
  ...contractChecks,
  ...cancelChecks,
  ...faultChecks,
  ...privacyChecks,
  ...lifecycleChecks,
];

export const llmChecks: readonly Check<LlmSubject>[] = [...shared, ...answerChecks, ...modelChecks];
export const ttsChecks: readonly Check<TtsSubject>[] = [
  ...shared,
  ...speechChecks,
  ...timingChecks,
  ...voiceChecks,
];
export const avatarChecks: readonly Check<AvatarSubject>[] = [...shared, ...pictureChecks, ...faceChecks];
/** What is asked again for each further codec of a face. */
export const perCodecChecks: readonly Check<AvatarSubject>[] = [
  ...cancelChecks.filter(({ id }) => id === 'cancel.after-item'),
  ...contractChecks.filter(({ id }) => id === 'contract.batch' || id === 'contract.side-by-side'),
  ...pictureChecks,
];

/** A check without how it is done: what documentation and a plugin's list of skipped checks need. */
export type CheckInfo = Pick<Check, 'id' | 'sentence' | 'severity' | 'needsVendor' | 'runsLive'>;

/** Every check by the stage whose adapters it is asked of. */
export const conformanceChecks: Readonly<Record<Stage, readonly CheckInfo[]>> = {
  llm: llmChecks,
  tts: ttsChecks,
  avatar: avatarChecks,
};
