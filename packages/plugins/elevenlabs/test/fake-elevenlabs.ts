import type http from 'node:http';
import { text } from 'node:stream/consumers';
import type { StreamingAudioChunkWithTimestampsResponse } from '@elevenlabs/elevenlabs-js/dist/serialization/types/StreamingAudioChunkWithTimestampsResponse.js';
import {
  type VendorHandle,
  ignoreUpgrade,
  refuseRequest,
  refuseUpgrade,
  startLoopbackServer,
} from '@tth/testkit';
import { WebSocketServer } from 'ws';
import { type FakeScript, scriptOf } from './fake-script.ts';
import { type SpokenSentence, type Wire, serveContexts, serveDialogue } from './fake-sockets.ts';
import { type SpokenFrame, rest, speak } from './fake-speech.ts';

export const fakeKey = 'sk_0123456789abcdef';

/** A request for speech, or a socket for it. */
export interface FakeRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: http.IncomingHttpHeaders;
  /** Of a request: its JSON. */
  body: unknown;
  /** Of a socket: its messages, parsed, and the sentences that they make. */
  readonly received: unknown[];
  readonly sentences: SpokenSentence[];
  isOpen: boolean;
}

/** ElevenLabs on loopback, speech in tones. */
export interface FakeElevenLabs {
  readonly url: string;
  readonly requests: readonly FakeRequest[];
  readonly openRequests: number;
  readonly openSockets: number;
  /** From now on, for what runs too. */
  play(script?: FakeScript): void;
  /** How often somebody asked for its credits. */
  readonly askedCredits: number;
  /** Tells of the ends that were held back. */
  releaseFinals(): void;
  /** For the conformance kit. */
  readonly handle: VendorHandle;
  close(): Promise<void>;
}

interface SpeechBody {
  readonly text: string;
  readonly voice_settings?: { readonly speed?: number };
}

const models = ['eleven_flash_v2_5', 'eleven_multilingual_v2', 'eleven_v3', 'eleven_v4_turbo'].map((id) => ({
  model_id: id,
  name: id,
  can_do_text_to_speech: true,
  maximum_text_length_per_request: 5_000,
  languages: [{ language_id: 'en', name: 'English' }],
}));

const readBody = async (request: http.IncomingMessage): Promise<unknown> => {
  const body = await text(request);
  return body === '' ? undefined : JSON.parse(body);
};

const lineOf = (frame: SpokenFrame, hasTimes: boolean): object => {
  const { chars, startsMs, durationsMs } = frame;
  const alignment = {
    characters: chars,
    character_start_times_seconds: startsMs.map((ms) => ms / 1_000),
    character_end_times_seconds: startsMs.map((ms, at) => (ms + durationsMs[at]!) / 1_000),
  };
  return {
    audio_base64: frame.sound.toString('base64'),
    alignment: hasTimes ? alignment : null,
    normalized_alignment: hasTimes ? alignment : null,
  } satisfies StreamingAudioChunkWithTimestampsResponse.Raw;
};

export const startFakeElevenLabs = async (
  subscription = { count: 10, limit: 10_000 },
): Promise<FakeElevenLabs> => {
  const requests: FakeRequest[] = [];
  let script: FakeScript = {};
  let pieces = 0;
  let askedCredits = 0;
  let finals = Promise.withResolvers<void>();

  const note = (request: http.IncomingMessage): FakeRequest => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    const noted: FakeRequest = {
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body: undefined,
      received: [],
      sentences: [],
      isOpen: true,
    };
    requests.push(noted);
    return noted;
  };

  const unauthorized = { detail: { status: 'invalid_api_key', message: 'Invalid API key' } };
  const refusalFor = (request: http.IncomingMessage): FakeScript['refusal'] =>
    script.refusal ??
    (request.headers['xi-api-key'] === fakeKey ? undefined : { status: 401, body: unauthorized });

  const speakOver = async (response: http.ServerResponse, path: string, body: SpeechBody): Promise<void> => {
    const isTimed = path.endsWith('/with-timestamps');
    response.writeHead(200, {
      'content-type': isTimed ? 'application/json' : 'audio/pcm',
      'request-id': 'r1',
      ...script.headers,
    });
    response.flushHeaders();
    if (script.isMute !== undefined) return;
    const frames = speak(body.text, { ...script, speed: body.voice_settings?.speed ?? 1 });
    for (const [at, frame] of [...frames, undefined].entries()) {
      const { after, instead, everyMs = 0, alignment } = script;
      if (response.destroyed) return;
      if (after === at && instead !== undefined) {
        if (instead === 'hang') return;
        await new Promise((resolve) => response.write('', resolve));
        if (instead === 'noise') response.end('{"no\n{"no\n');
        else if (typeof instead === 'object') response.end();
        else if (instead === 'rst') response.socket?.resetAndDestroy();
        else response.socket?.end();
        return;
      }
      if (frame === undefined) break;
      const hasTimes = alignment !== 'none' && (alignment !== 'every other' || at % 2 === 0);
      pieces += 1;
      response.write(isTimed ? `${JSON.stringify(lineOf(frame, hasTimes))}\n\n` : frame.sound);
      await rest(everyMs);
    }
    response.end();
  };

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1');
    const isWork = request.method === 'POST';
    const noted = isWork ? note(request) : undefined;
    response.on('close', () => {
      if (noted !== undefined) noted.isOpen = false;
    });
    const body = await readBody(request);
    if (noted !== undefined) noted.body = body;
    const isAllowed = request.headers['xi-api-key'] === fakeKey;
    const refusal = isWork || !isAllowed ? refusalFor(request) : undefined;
    if (refusal !== undefined) {
      refuseRequest(response, refusal);
      return;
    }
    if (isWork) {
      if (script.isMute !== 'at all') await speakOver(response, pathname, body as SpeechBody);
      return;
    }
    response.setHeader('content-type', 'application/json');
    if (pathname === '/v1/models') response.end(JSON.stringify(models));
    else {
      askedCredits += 1;
      const { count, limit } = subscription;
      response.end(JSON.stringify({ tier: 'creator', character_count: count, character_limit: limit }));
    }
  };

  const loopback = await startLoopbackServer((request, response) => {
    // Whoever leaves in the middle is seen in the state of the request.
    answer(request, response).catch(() => {});
  });
  const sockets = new WebSocketServer({ noServer: true });
  loopback.server.on('upgrade', (request, raw, head) => {
    const noted = note(request);
    raw.on('close', () => (noted.isOpen = false));
    const refusal = refusalFor(request);
    if (refusal !== undefined) {
      refuseUpgrade(raw, refusal);
      return;
    }
    if (script.isMute === 'at all') {
      ignoreUpgrade(raw);
      return;
    }
    sockets.handleUpgrade(request, raw, head, (connection) => {
      connection.on('error', () => {});
      if (script.isMute !== undefined) return;
      const wire: Wire = {
        connection,
        query: new URLSearchParams(noted.query),
        script: () => script,
        received: noted.received,
        sentences: noted.sentences,
        finals: async () => {
          if (script.holdsFinals === true) await finals.promise;
        },
        onPiece: () => (pieces += 1),
      };
      if (noted.path === '/v1/text-to-dialogue/stream-input') serveDialogue(wire);
      else serveContexts(wire);
    });
  });
  const openRequests = (): number => requests.filter(({ isOpen }) => isOpen).length;
  return {
    url: loopback.url,
    requests,
    get openRequests() {
      return openRequests();
    },
    get openSockets() {
      return loopback.openSockets;
    },
    get askedCredits() {
      return askedCredits;
    },
    play: (given = {}) => {
      script = given;
    },
    releaseFinals: () => {
      finals.resolve();
      finals = Promise.withResolvers<void>();
    },
    handle: {
      play: (fault) => {
        script = fault === undefined ? {} : scriptOf(fault);
      },
      requests: () => requests.length,
      openCalls: openRequests,
      openSockets: () => loopback.openSockets,
      pieces: () => pieces,
    },
    close: loopback.refuse,
  };
};
