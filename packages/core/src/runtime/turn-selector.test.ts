import { describe, expect, it } from 'vitest';
import { type Floor, type TurnChoice, selectTurn } from './turn-selector.ts';

describe('a new text', () => {
  it.each<[Floor['policy'], Floor['running'], hasNext: boolean, TurnChoice]>([
    ['interrupt', undefined, false, 'start'],
    ['queue', undefined, false, 'start'],
    ['reject', undefined, false, 'start'],
    ['interrupt', 'yes', false, 'replace'],
    ['interrupt', 'yes', true, 'replace'],
    ['interrupt', 'no', false, 'wait'],
    ['interrupt', 'no', true, 'refuse_waiting'],
    ['interrupt', 'after_sentence', false, 'wait_for_sentence'],
    ['interrupt', 'after_sentence', true, 'refuse_waiting'],
    ['queue', 'yes', false, 'wait'],
    ['queue', 'yes', true, 'refuse_waiting'],
    ['queue', 'no', false, 'wait'],
    ['queue', 'after_sentence', false, 'wait'],
    ['reject', 'yes', false, 'refuse_running'],
    ['reject', 'no', true, 'refuse_running'],
    ['reject', 'after_sentence', false, 'refuse_running'],
  ])(
    'under %s, beside a running turn (%s) and with one waiting (%s): %s',
    (policy, running, hasNext, choice) => {
      expect(selectTurn({ policy, running, hasNext })).toBe(choice);
    },
  );
});
