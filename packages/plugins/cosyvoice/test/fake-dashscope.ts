import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pcmBytes } from '@tth/core/plugin';
import {
  type Fault,
  type Refusal,
  type Step,
  type VendorFault,
  type VendorHandle,
  faultScript,
  ignoreUpgrade,
  refuseUpgrade,
  speechSteps,
  spreadWords,
  startLoopbackServer,
} from '@tth/testkit';
import { type WebSocket, WebSocketServer } from 'ws';

// The wire of CosyVoice on Model Studio: a task per text, over a WebSocket.
//
//   in   run-task {model, parameters} · continue-task {input: {text}} · finish-task
//   out  task-started · binary sound and result-generated {sentence: {words}, usage: {characters}} · task-finished
//        task-failed {error_code, error_message}, after which the service closes the connection

type Json = Readonly<Record<string, unknown>>;

/** What becomes of the next tasks. Nothing said: they are spoken. */
export interface DashscopeScript {
  /** The handshake is answered with this alone. */
  readonly refusal?: Refusal;
  /** Never answers a handshake. */
  readonly isMute?: boolean;
  /** Takes a task and does not start it. */
  readonly isIdle?: boolean;
  /** Takes a task and closes the connection politely. */
  readonly isCurt?: boolean;
  /** In place of the end, or of the start where nothing was asked for yet. */
  readonly failure?: { readonly code: string; readonly at: 'start' | 'end' };
  /** Applied to the sound, in this order. */
  readonly faults?: readonly Fault[];
  /** A text message before the sound. */
  readonly insert?: readonly string[];
  /** Says nothing of words, whatever it is asked. */
  readonly hasNoWords?: boolean;
}

/** One task, and how far it has come. */
export interface DashscopeTask {
  readonly taskId: string;
  readonly model: string;
  readonly parameters: Json;
  /** Counts connections from 0. */
  readonly connection: number;
  readonly text: string;
  /** Runs of sound that were written. */
  readonly pieces: number;
  readonly state: 'open' | 'ended' | 'left' | 'cut';
}

export interface FakeDashscope {
  readonly url: string;
  readonly tasks: readonly DashscopeTask[];
  /** Headers of the handshakes, refused ones too. */
  readonly handshakes: readonly http.IncomingHttpHeaders[];
  readonly openSockets: number;
  /** For the conformance kit. */
  readonly handle: VendorHandle;
  play(script: DashscopeScript): void;
  /** Closes every connection, as the service does with those that are idle. */
  hangUp(code?: number): void;
  close(): Promise<void>;
}

type Entry = { -readonly [Field in keyof DashscopeTask]: DashscopeTask[Field] };

interface ClientMessage {
  readonly header: { readonly action: string; readonly task_id: string };
  readonly payload: {
    readonly model?: string;
    readonly parameters?: Json;
    readonly input?: { readonly text?: string };
  };
}

/** Raw sound at another volume; 50 is the voice's own. */
const louder = (bytes: Uint8Array, volume: number): Uint8Array =>
  pcmBytes(new Int16Array(bytes.slice().buffer).map((sample) => Math.round((sample * volume) / 50)));

/** How a fault looks on this wire: as over HTTP, but for what a task and a message have of their own. */
const scriptOf = (fault: VendorFault): DashscopeScript => {
  if (fault.kind === 'silent_end') return { isCurt: true };
  if (fault.kind === 'hang' && fault.at === 'after_headers') return { isIdle: true };
  if (fault.kind === 'garbage' && fault.as === 'noise')
    return { insert: ['~~~', '\u0000\u0001'], faults: [() => []] };
  return faultScript(fault);
};

/** A Chinese character counts as two. */
const billed = (text: string): number => text.length + (text.match(/\p{Script=Han}/gu)?.length ?? 0);

const wordsOf = (text: string, durationMs: number): Json[] =>
  spreadWords(text, durationMs * 1000).map((word) => ({
    text: word.text,
    begin_index: text.indexOf(word.text, Math.floor((word.startUs / 1000 / durationMs) * text.length)),
    begin_time: word.startUs / 1000,
    end_time: (word.startUs + word.durationUs) / 1000,
  }));

export const startFakeDashscope = async (): Promise<FakeDashscope> => {
  const tasks: Entry[] = [];
  const handshakes: http.IncomingHttpHeaders[] = [];
  let script: DashscopeScript = {};

  const say = (
    socket: WebSocket,
    entry: Entry,
    event: string,
    payload: Json = {},
    header: Json = {},
  ): void => {
    socket.send(JSON.stringify({ header: { event, task_id: entry.taskId, ...header }, payload }));
  };

  const perform = async (socket: WebSocket, entry: Entry, steps: Iterable<Step>): Promise<boolean> => {
    for (const step of steps) {
      if (socket.readyState !== socket.OPEN) return false;
      if (step.kind === 'wait') await sleep(step.ms);
      else if (step.kind === 'hang') return false;
      else if (step.kind === 'die') {
        entry.state = 'cut';
        if (step.how === 'rst') socket.terminate();
        else socket.close(1011);
        return false;
      } else {
        entry.pieces += 1;
        await new Promise((resolve) => socket.send(step.bytes, resolve));
      }
    }
    return socket.readyState === socket.OPEN;
  };

  const speak = async (socket: WebSocket, entry: Entry): Promise<void> => {
    const { faults = [], insert = [], failure, hasNoWords = false } = script;
    const { text, parameters } = entry;
    for (const message of insert) socket.send(message);
    const msPerCharacter = 50 / Number(parameters['rate'] ?? 1);
    const hasWords = parameters['word_timestamp_enabled'] === true && !hasNoWords;
    const words = hasWords ? wordsOf(text, text.length * msPerCharacter) : [];
    const volume = Number(parameters['volume'] ?? 50);
    const usual = [...speechSteps(text, { msPerCharacter })].map((step): Step =>
      step.kind === 'piece' ? { ...step, bytes: louder(step.bytes, volume) } : step,
    );
    /** The words up to `count` with their times, the others without. */
    const result = (count: number): Json => ({
      output: {
        sentence: {
          index: 0,
          words: words.map((word, at) => (at < count ? word : { ...word, begin_time: null, end_time: null })),
        },
      },
      usage: { characters: billed(text) },
    });
    const steps = [...faults.reduce((before, fault) => fault(before), usual as Iterable<Step>)];
    const half = Math.ceil(steps.length / 2);
    const [first, second] = [steps.slice(0, half), steps.slice(half)];
    say(socket, entry, 'result-generated', result(0));
    if (!(await perform(socket, entry, first))) return;
    say(socket, entry, 'result-generated', result(Math.ceil(words.length / 2)));
    if (!(await perform(socket, entry, second))) return;
    if (failure?.at === 'end') return fail(socket, entry, failure.code);
    say(socket, entry, 'result-generated', result(words.length));
    entry.state = 'ended';
    say(socket, entry, 'task-finished');
  };

  const fail = (socket: WebSocket, entry: Entry, code: string): void => {
    entry.state = 'cut';
    say(socket, entry, 'task-failed', {}, { error_code: code, error_message: 'no' });
    socket.close(1007);
  };

  const serve = (socket: WebSocket, connection: number): void => {
    let entry: Entry | undefined;
    socket.on('error', () => {});
    socket.on('close', () => {
      if (entry?.state === 'open') entry.state = 'left';
    });
    socket.on('message', (data: Buffer) => {
      const { header, payload } = JSON.parse(data.toString('utf8')) as ClientMessage;
      if (header.action === 'run-task') {
        const { model = '', parameters = {} } = payload;
        entry = { taskId: header.task_id, model, parameters, connection, text: '', pieces: 0, state: 'open' };
        tasks.push(entry);
        if (script.isIdle === true) return;
        if (script.isCurt === true) return socket.close(1000);
        if (script.failure?.at === 'start') fail(socket, entry, script.failure.code);
        else say(socket, entry, 'task-started');
        return;
      }
      if (entry === undefined || header.task_id !== entry.taskId) return socket.close(1007);
      if (header.action === 'continue-task') entry.text += payload.input?.text ?? '';
      if (header.action === 'finish-task') void speak(socket, entry);
    });
  };

  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const loopback = await startLoopbackServer();
  const unanswered = new Set<Duplex>();
  let connections = 0;
  loopback.server.on('upgrade', (request, socket, head) => {
    handshakes.push(request.headers);
    const { refusal, isMute = false } = script;
    if (isMute) {
      ignoreUpgrade(socket);
      unanswered.add(socket);
      socket.on('close', () => unanswered.delete(socket));
      return;
    }
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    wss.handleUpgrade(request, socket, head, (opened) => serve(opened, connections++));
  });
  return {
    url: `${loopback.url.replace('http', 'ws')}/api-ws/v1/inference`,
    tasks,
    handshakes,
    get openSockets() {
      return loopback.openSockets;
    },
    play: (given) => {
      script = given;
    },
    handle: {
      play: (fault) => {
        script = fault === undefined ? {} : scriptOf(fault);
      },
      requests: () => handshakes.length,
      openCalls: () => unanswered.size + tasks.filter(({ state }) => state === 'open').length,
      openSockets: () => loopback.openSockets,
      pieces: () => tasks.reduce((sum, { pieces }) => sum + pieces, 0),
    },
    hangUp: (code = 1000) => {
      for (const socket of wss.clients) socket.close(code);
    },
    close: async () => {
      wss.close();
      await loopback.refuse();
    },
  };
};
