import { type Refusal, type VendorFault, refusalOf, signInPage } from '@tth/testkit';

/** How the simulated ElevenLabs takes what comes next. Nothing said: as it should. */
export interface FakeScript {
  /** Answers a request, or the opening of a socket, with this alone. */
  readonly refusal?: Refusal;
  /** Takes a request, or a socket, and says nothing. `accepted`: but that it took it. */
  readonly isMute?: 'at all' | 'accepted';
  /** What becomes of a sentence after this many of its frames: */
  readonly after?: number;
  readonly instead?:
    | 'hang'
    | 'fin'
    | 'rst'
    | 'noise'
    | { readonly error: string; readonly code?: number }
    | { readonly close: number; readonly reason?: string };
  /** Wait after each frame. */
  readonly everyMs?: number;
  readonly frameBytes?: number;
  readonly timeBase?: 'sentence' | 'piece';
  /** The spelling of a socket's messages: as the documentation has it, or as others saw it. */
  readonly spelling?: 'documented' | 'seen';
  /** Every other frame without times, or all of them. */
  readonly alignment?: 'every other' | 'none';
  /** Tells of the end of a sentence only when `releaseFinals` is called. */
  readonly holdsFinals?: boolean;
  /** In place of the time that the client asked for. */
  readonly inactivityMs?: number;
  /** Headers of an answer over HTTP. */
  readonly headers?: Readonly<Record<string, string>>;
}

const detailOf = (status: number): unknown => {
  if (status === 401)
    return {
      detail: {
        type: 'authentication_error',
        code: 'invalid_api_key',
        message: 'no',
        status: 'invalid_api_key',
      },
    };
  if (status === 429)
    return { detail: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'slow down' } };
  return { detail: { status: 'internal_error', message: 'oops' } };
};

/** A fault of the conformance kit as ElevenLabs would have it. */
export const scriptOf = (fault: VendorFault): FakeScript => {
  switch (fault.kind) {
    case 'refuse':
      return { refusal: refusalOf(fault, detailOf(fault.status)) };
    case 'silent_end':
      return { after: 0, instead: { close: 1000 } };
    case 'cut':
      return { after: 1, instead: fault.how };
    case 'hang':
      if (fault.at === 'after_first_item') return { after: 1, instead: 'hang' };
      return { isMute: fault.at === 'before_headers' ? 'at all' : 'accepted' };
    case 'drip':
      return { everyMs: fault.everyMs };
    case 'garbage':
      if (fault.as === 'noise') return { after: 0, instead: 'noise' };
      return { refusal: signInPage };
    default:
      return { frameBytes: fault.byteLength };
  }
};
