import { describe, expect, it } from 'vitest';
import { firstLook, withControls, withFormat, withIdentity } from './look.ts';

describe('look', () => {
  it('follows the controls', () => {
    const look = withControls(firstLook, { render: { framing: 'close', background: '#102030' } });

    expect(look).toEqual({ ...firstLook, framing: 'close', background: { color: '#102030' } });
    expect(withControls(look, { render: { background: 'greenscreen', framing: 'full' } })).toMatchObject({
      framing: 'half',
      background: 'greenscreen',
    });
    expect(withControls(look, {})).toEqual(look);
  });

  it('has a badge where the picture of the turn has to be marked as synthetic', () => {
    const marked = withFormat(firstLook, { character: 'otto', badge: true });

    expect(marked).toEqual({ ...firstLook, character: 'otto', badge: true });
    expect(withControls(marked, { render: { background: 'greenscreen' } }).badge).toBe(true);
    expect(withFormat(marked, { character: 'otto' }).badge).toBe(false);
  });

  it('keeps its character when the identity is none that can be drawn', () => {
    expect(withIdentity(firstLook, 'cloud-avatar-77')).toBe(firstLook);
    expect(withIdentity(firstLook, undefined)).toBe(firstLook);
  });
});
