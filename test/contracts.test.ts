import { emotionLabels as faceLabels, visemes } from '@tth/face';
import { errorTable } from '@tth/core';
import { emotionLabels } from '@tth/core/plugin';
import { closeCodes, emotionLabel, errorCodes } from '@tth/protocol';
import { describe, expect, it } from 'vitest';

/** The engine, the wire and the face share no code; what they share in meaning is compared here. */
describe('contracts that several packages state', () => {
  it('name the same errors in the engine and on the wire', () => {
    expect([...errorCodes].toSorted()).toEqual(Object.keys(errorTable).toSorted());
  });

  it('close sockets with codes that the wire knows', () => {
    const known = new Set<number>(Object.values(closeCodes));
    const used = Object.values(errorTable).flatMap(({ wsClose }) => (wsClose === null ? [] : [wsClose]));

    expect(used.filter((code) => !known.has(code))).toEqual([]);
  });

  it('name the same feelings in the engine, on the wire and on the face', () => {
    expect(emotionLabel.options).toEqual([...emotionLabels]);
    expect([...faceLabels].toSorted()).toEqual([...emotionLabels].toSorted());
  });

  it('draw the fifteen visemes of the wire', () => {
    expect(visemes).toHaveLength(15);
  });
});
