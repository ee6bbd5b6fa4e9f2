import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Asked,
  type Step,
  type WavLooks,
  captionSteps,
  eventSteps,
  piece,
  rawSteps,
  wavSteps,
} from './speech-answers.ts';

/** How the server answers. Nothing said: as it should. */
export interface SpeechScript {
  readonly refusal?: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  /** Takes the request and sends nothing, not even headers. */
  readonly isMute?: boolean;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The rate at which the sound is made; of raw sound nobody is told. */
  readonly rateHz?: number;
  readonly wav?: WavLooks;
  /** What becomes of the answer. */
  readonly change?: (steps: readonly Step[]) => readonly Step[];
  /** Voices that it lists. */
  readonly voices?: readonly string[];
}

/** One request for speech. */
export interface SpeechCall {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Pieces that were handed to the connection. */
  readonly pieces: number;
  /** `left`: the caller closed the connection before the end. `cut`: the server did. */
  readonly state: 'open' | 'ended' | 'left' | 'cut';
}

/** A server of `/v1/audio/speech` on loopback, with what Kokoro, vLLM-Omni, Orpheus and Piper have beside it. */
export interface SpeechServer {
  /** Without `/v1`. */
  readonly url: string;
  readonly calls: readonly SpeechCall[];
  /** Paths of the questions that were not for speech. */
  readonly questions: readonly string[];
  play(script: SpeechScript): void;
  openSockets(): number;
  close(): Promise<void>;
}

type Entry = { -readonly [Field in keyof SpeechCall]: SpeechCall[Field] };
type Body = Readonly<Record<string, unknown>>;

const readBody = async (request: http.IncomingMessage): Promise<Body> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text === '' ? {} : (JSON.parse(text) as Body);
};

/** The answer that a request asks for, with its content type. */
const answerTo = (path: string, body: Body, script: SpeechScript): [string, readonly Step[]] => {
  const rateHz = script.rateHz ?? 24_000;
  const { input, text: plain } = body as { readonly input?: string; readonly text?: string };
  const text = input ?? plain ?? '';
  const speed = Number(body['speed'] ?? 1 / Number(body['length_scale'] ?? 1));
  const volume = Number(body['volume_multiplier'] ?? 1);
  const asked: Asked = { text, speed, rateHz, volume };
  if (path === '/dev/captioned_speech') return ['application/json', [...captionSteps(asked)]];
  if (body['stream_format'] === 'sse') return ['text/event-stream; charset=utf-8', [...eventSteps(asked)]];
  if (body['response_format'] === 'pcm') return ['audio/pcm', [...rawSteps(asked)]];
  return ['audio/wav', [...wavSteps(asked, script.wav)]];
};

/** What the server says when it is asked for something else than speech. */
const factsOf = (path: string, { voices = ['af_heart', 'anna', 'tara'] }: SpeechScript): unknown => {
  if (path === '/health') return { status: 'healthy' };
  if (path === '/health/liveliness') return "I'm alive!";
  if (path === '/voices') return Object.fromEntries(voices.map((voice) => [voice, { num_speakers: 1 }]));
  if (path === '/v1/audio/voices')
    return { voices: voices.map((id) => ({ id, name: id })), uploaded_voices: [] };
  if (path === '/v1/models') return { object: 'list', data: [] };
  if (path.startsWith('/v1/models/'))
    return { id: path.slice(11), object: 'model', created: 1, owned_by: 'x' };
  return undefined;
};

const perform = async (
  steps: readonly Step[],
  response: http.ServerResponse,
  entry: Entry,
  closing: AbortSignal,
): Promise<void> => {
  const closed = once(closing, 'abort');
  for (const step of steps) {
    if (closing.aborted) return;
    if (step.kind === 'wait') await sleep(step.ms, undefined, { signal: closing });
    else if (step.kind === 'hang') await closed;
    else if (step.kind === 'die') {
      await new Promise((resolve) => response.write('', resolve));
      entry.state = 'cut';
      if (step.how === 'rst') response.socket?.resetAndDestroy();
      else response.socket?.end();
      return;
    } else {
      entry.pieces += 1;
      if (!response.write(step.bytes))
        await Promise.race([once(response, 'drain', { signal: closing }), closed]);
    }
  }
  response.end();
};

export const startSpeechServer = async (): Promise<SpeechServer> => {
  const calls: Entry[] = [];
  const questions: string[] = [];
  const sockets = new Set<Socket>();
  let script: SpeechScript = {};

  const speak = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const { refusal, isMute = false, contentType, headers = {}, change = (steps) => steps } = script;
    const path = request.url ?? '';
    const body = await readBody(request);
    const entry: Entry = { path, headers: request.headers, body, pieces: 0, state: 'open' };
    calls.push(entry);
    const closing = new AbortController();
    response.on('close', () => {
      if (entry.state === 'open') entry.state = response.writableFinished ? 'ended' : 'left';
      closing.abort();
    });
    if (isMute) return;
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers });
      response.end(typeof refusal.body === 'string' ? refusal.body : JSON.stringify(refusal.body ?? {}));
      return;
    }
    const [type, steps] = answerTo(path, body, script);
    response.writeHead(200, { 'content-type': contentType ?? type, ...headers });
    response.flushHeaders();
    await perform(change(steps), response, entry, closing.signal);
  };

  const tell = (path: string, response: http.ServerResponse): void => {
    questions.push(path);
    const facts = script.refusal === undefined ? factsOf(path, script) : undefined;
    response.writeHead(facts === undefined ? (script.refusal?.status ?? 404) : 200, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(facts ?? {}));
  };

  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.method === 'GET') tell(request.url ?? '', response);
    // Whoever leaves in the middle is seen in the state of the call.
    else speak(request, response).catch(() => {});
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    questions,
    play: (given) => {
      script = given;
    },
    openSockets: () => sockets.size,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

/** Cuts an answer anew, into writes of this many bytes. */
export const recut =
  (byteLength: number) =>
  (steps: readonly Step[]): readonly Step[] => {
    const all = Buffer.concat(steps.flatMap((step) => (step.kind === 'piece' ? [step.bytes] : [])));
    return Array.from({ length: Math.ceil(all.length / byteLength) }, (_, at) =>
      piece(all.subarray(at * byteLength, (at + 1) * byteLength)),
    );
  };

/** Cuts the sound inside of events anew, into runs of this many bytes. */
export const rebase =
  (byteLength: number) =>
  (steps: readonly Step[]): readonly Step[] => {
    const texts = steps.flatMap((step) =>
      step.kind === 'piece' ? [Buffer.from(step.bytes).toString()] : [],
    );
    const audio = texts.map((text) => /"audio":"([^"]*)"/.exec(text)?.[1] ?? '');
    const all = Buffer.concat(audio.map((base64) => Buffer.from(base64, 'base64')));
    const events = Array.from({ length: Math.ceil(all.length / byteLength) }, (_, at) => {
      const run = all.subarray(at * byteLength, (at + 1) * byteLength).toString('base64');
      return piece(`data: ${JSON.stringify({ type: 'speech.audio.delta', audio: run })}\n\n`);
    });
    return [...events, ...steps.slice(-1)];
  };

/** The first pieces of an answer, and then this. */
export const after =
  (count: number, ...then: readonly Step[]) =>
  (steps: readonly Step[]): readonly Step[] => [...steps.slice(0, count), ...then];
