import { describe, expect, it } from 'vitest';
import { type ToolCallDelta, createToolCallCollector } from './tool-calls.ts';

const collect = (...deltas: readonly ToolCallDelta[]) => {
  let made = 0;
  const collector = createToolCallCollector(() => `made_${made++}`);
  for (const delta of deltas) collector.push(delta);
  return collector.finish();
};
const weather = { name: 'weather', arguments: '{"city":"Oslo"}' };
const time = { name: 'time', arguments: '{}' };

describe('tool calls of a stream', () => {
  it('are put together by index, however they are interleaved', () => {
    const calls = collect(
      { index: 0, id: 'a', name: 'weather', arguments: '' },
      { index: 1, id: 'b', name: 'time', arguments: '' },
      { index: 0, arguments: '{"city":' },
      { index: 1, arguments: '{}' },
      { index: 0, arguments: '"Oslo"}' },
    );

    expect(calls).toEqual([
      { id: 'a', ...weather },
      { id: 'b', ...time },
    ]);
  });

  it('come whole in one piece, all with the index 0', () => {
    expect(collect({ index: 0, id: 'a', ...weather }, { index: 0, id: 'b', ...time })).toEqual([
      { id: 'a', ...weather },
      { id: 'b', ...time },
    ]);
  });

  it('come whole without an id or an index', () => {
    expect(collect(weather, { ...time, id: '' })).toEqual([
      { id: 'made_0', ...weather },
      { id: 'made_1', ...time },
    ]);
  });

  it('may repeat id and name in every piece', () => {
    const calls = collect(
      { index: 0, id: 'a', name: 'weather', arguments: '{"city":' },
      { index: 0, id: 'a', name: 'weather', arguments: '"Oslo"}' },
    );

    expect(calls).toEqual([{ id: 'a', ...weather }]);
  });

  it('may give the id late', () => {
    expect(
      collect({ index: 0, name: 'weather' }, { index: 0, id: 'a', arguments: weather.arguments }),
    ).toEqual([{ id: 'a', ...weather }]);
  });

  it('without arguments have none, and without a name are no calls', () => {
    expect(collect({ index: 0, id: 'a', name: 'time' }, { index: 1, id: 'b', arguments: '{}' })).toEqual([
      { id: 'a', ...time },
    ]);
  });
});
