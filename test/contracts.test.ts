import { emotionLabels as faceLabels, visemes } from '@tth/face';
import { type LooseControls, controlRanges, errorTable, neutralControls } from '@tth/core';
import { emotionLabels, framings, gazes, gestures, headMotions } from '@tth/core/plugin';
import {
  type LooseControls as WireControls,
  closeCodes,
  controlPatch,
  emotionLabel,
  errorCodes,
  looseControls,
  renderControl,
} from '@tth/protocol';
import { describe, expect, expectTypeOf, it } from 'vitest';

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

  it('name the same controls in the engine, on the wire and in what a client may send', () => {
    const { strict: _strict, ...parts } = controlPatch.shape;
    const fieldsOf = (shapes: object): string[] =>
      Object.entries(shapes).flatMap(([part, fields]) =>
        Object.keys(fields as object).map((field) => `${part}.${field}`),
      );
    const wire = (schema: typeof controlPatch | typeof looseControls): string[] =>
      fieldsOf(
        Object.fromEntries(
          Object.keys(parts).map((part) => [part, schema.shape[part as keyof typeof parts].unwrap().shape]),
        ),
      );

    expect(wire(controlPatch)).toEqual(fieldsOf(neutralControls));
    expect(wire(looseControls)).toEqual(wire(controlPatch));
    expectTypeOf<WireControls>().toExtend<LooseControls>();
  });

  it('give every number of the controls the same range in the engine and on the wire', () => {
    interface Schema {
      readonly properties: Readonly<Record<string, Schema & { minimum?: number; maximum?: number }>>;
    }
    const { properties } = controlPatch.toJSONSchema() as unknown as Schema;
    const onTheWire = Object.entries(properties).flatMap(([part, fields]) =>
      Object.entries(fields.properties ?? {}).flatMap(([field, { minimum, maximum }]) =>
        minimum === undefined ? [] : [[`${part}.${field}`, { min: minimum, max: maximum }]],
      ),
    );

    expect(Object.fromEntries(onTheWire)).toEqual(controlRanges);
  });

  it('have the same words for what a picture may be', () => {
    const { shape } = renderControl;

    expect(shape.framing.options).toEqual([...framings]);
    expect(shape.gaze.options).toEqual([...gazes]);
    expect(shape.headMotion.options).toEqual([...headMotions]);
    expect(shape.gesture.options).toEqual([...gestures]);
  });

  it('draw the fifteen visemes of the wire', () => {
    expect(visemes).toHaveLength(15);
  });
});
