import { describe, expect, it } from 'vitest';
import { TthClientError } from '../errors.ts';
import type { AudioBlockedReason } from '../playback/audio-output.ts';
import { avatarView, firstFacts } from './avatar-view.ts';

const open = { ...firstFacts, connection: 'open' } as const;
const blocked = (reason: AudioBlockedReason) => ({ reason, message: 'Because.' });

describe('an avatar in a page', () => {
  it.each([
    ['connecting', firstFacts],
    ['connecting', { ...firstFacts, connection: 'connecting' }],
    ['ready', open],
    ['answering', { ...open, inTurn: true }],
    ['speaking', { ...open, inTurn: true, speaking: true }],
    ['reconnecting', { ...open, connection: 'reconnecting', speaking: true }],
    ['closed', { ...open, connection: 'closed' }],
  ] as const)('is %s', (state, facts) => {
    expect(avatarView(facts).state).toBe(state);
  });

  it.each(['autoplay', 'interrupted'] as const)(
    'asks for a tap when sound is %s, and says no more',
    (reason) => {
      expect(avatarView({ ...open, blocked: blocked(reason) })).toMatchObject({ needsTap: true, notice: '' });
    },
  );

  it.each(['insecure_context', 'unsupported'] as const)(
    'says why there is no sound (%s), and has captions then although nobody asked for them',
    (reason) => {
      const facts = { ...open, blocked: blocked(reason), wantsCaptions: false };

      expect(avatarView(facts)).toMatchObject({
        needsTap: false,
        notice: 'No sound. Because.',
        hasCaptions: true,
      });
    },
  );

  it('has no captions where the page wants none and sound is there', () => {
    expect(avatarView({ ...open, wantsCaptions: false }).hasCaptions).toBe(false);
    expect(avatarView(open).hasCaptions).toBe(true);
  });

  it('says what went wrong, and above all that the connection is gone', () => {
    const error = new TthClientError('client.session_lost', 'It is lost.');

    expect(avatarView({ ...open, error }).notice).toBe('It is lost.');
    expect(avatarView({ ...open, error, connection: 'reconnecting' }).notice).toContain('Reconnecting');
    expect(avatarView({ ...open, connection: 'closed' }).notice).toContain('Ask again');
  });

  it('can be stopped while it answers or is still heard', () => {
    expect(avatarView(open).canStop).toBe(false);
    expect(avatarView({ ...open, inTurn: true }).canStop).toBe(true);
    expect(avatarView({ ...open, speaking: true }).canStop).toBe(true);
  });
});
