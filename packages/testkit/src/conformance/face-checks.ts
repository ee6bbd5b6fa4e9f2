import assert from 'node:assert/strict';
import type { AvatarCapabilities } from '@tth/core/plugin';
import { type AvatarSubject, type Showing, picturesOf } from './avatar-subject.ts';
import { follow, shown } from './calls.ts';
import type { Check } from './check.ts';

const controlsOf = ({ started }: AvatarSubject): AvatarCapabilities['controls'] =>
  started.adapter.capabilities().controls;

/** Shows a fifth of a second in a way that the face claims to take. */
const showsIt = async (subject: AvatarSubject, showing: Showing): Promise<void> => {
  const { items, error } = await follow(subject, subject.show({ totalMs: 200, ...showing }));
  const what = JSON.stringify(showing);
  assert(error === undefined, `It refuses ${what}, which it claims to take: ${shown(error)}`);
  assert(picturesOf(items).length > 0, `It shows nothing with ${what}.`);
};

/** A face can do what it says that it can. */
export const faceChecks: readonly Check<AvatarSubject>[] = [
  {
    id: 'claims.identities',
    sentence: 'has the identities that it lists',
    severity: 'must',
    notFor: ({ started }) =>
      started.adapter.capabilities().identities.length === 0 ? 'it lists no identities' : undefined,
    run: async (subject) => {
      for (const identity of subject.started.adapter.capabilities().identities) {
        await showsIt(subject, { control: { identity } });
      }
    },
  },
  {
    id: 'claims.emotions',
    sentence: 'takes the feelings that it lists, at their strongest',
    severity: 'must',
    notFor: (subject) => (controlsOf(subject).emotions.length === 0 ? 'it lists no feelings' : undefined),
    run: async (subject) => {
      for (const label of controlsOf(subject).emotions) {
        await showsIt(subject, { emotion: { label, intensity: 1 } });
      }
    },
  },
  {
    id: 'claims.framings',
    sentence: 'takes the framings and gestures that it lists',
    severity: 'must',
    run: async (subject) => {
      const { framings, gestures = [] } = controlsOf(subject);
      for (const framing of framings) await showsIt(subject, { control: { framing } });
      for (const gesture of gestures) await showsIt(subject, { control: { gesture } });
    },
  },
  {
    id: 'claims.ranges',
    sentence: 'takes frame rates and sizes at both ends of the ranges that it claims',
    severity: 'must',
    run: async (subject) => {
      const { fps, sizePx } = controlsOf(subject);
      for (const value of [fps.min, fps.max]) await showsIt(subject, { control: { fps: value } });
      for (const side of [sizePx.min, sizePx.max]) {
        await showsIt(subject, { control: { widthPx: side, heightPx: side } });
      }
    },
  },
];
