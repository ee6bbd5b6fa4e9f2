import { describe, expect, it } from 'vitest';
import { firstLook, withControls, withIdentity } from './look.ts';

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

  it('keeps its character when the identity is none that can be drawn', () => {
    expect(withIdentity(firstLook, 'cloud-avatar-77')).toBe(firstLook);
    expect(withIdentity(firstLook, undefined)).toBe(firstLook);
  });
});
