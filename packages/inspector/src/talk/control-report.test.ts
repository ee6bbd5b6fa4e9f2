import { describe, expect, it } from 'vitest';
import { type ControlOutcome, laterReport, reportRows, summarizeReport } from './control-report.ts';

const outcome = (more: Partial<ControlOutcome>): ControlOutcome => ({
  stage: 'tts',
  provider: 'espeak',
  field: 'character.rate',
  requested: 1.5,
  used: 1.5,
  result: 'applied',
  ...more,
});

describe('a control report', () => {
  it('shows what went wrong first, with what was used instead, by whom and why', () => {
    const rows = reportRows([
      outcome({}),
      outcome({ stage: 'avatar', provider: 'puppet' }),
      outcome({
        field: 'emotion.label',
        requested: 'warm',
        used: 'happy',
        result: 'substituted',
        reason: 'Near.',
      }),
      outcome({
        stage: 'engine',
        field: 'character.pitch',
        requested: 'quick',
        used: null,
        result: 'dropped',
        reason: 'No.',
      }),
    ]);

    expect(rows.map(({ name, value, by, verdict, reason }) => [name, value, by, verdict, reason])).toEqual([
      ['Pitch', 'quick', 'TTH', 'lost', 'No.'],
      ['Feeling', 'warm → happy', 'espeak', 'changed', 'Near.'],
      ['Rate', '1.5', 'espeak, puppet', 'good', null],
    ]);
    expect(summarizeReport(rows)).toBe('1 as asked, 1 nearly, 1 not possible');
  });

  it('of a provider that took over stands for its stage', () => {
    const first = [
      outcome({ stage: 'engine', result: 'dropped' }),
      outcome({}),
      outcome({ stage: 'avatar' }),
    ];

    const later = laterReport(first, [outcome({ provider: 'other', used: 1.1, result: 'clamped' })]);

    expect(later.map(({ stage, provider }) => [stage, provider])).toEqual([
      ['engine', 'espeak'],
      ['avatar', 'espeak'],
      ['tts', 'other'],
    ]);
  });
});
