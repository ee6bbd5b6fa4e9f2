import {
  type HttpVendor,
  type HttpVendorScript,
  type Refusal,
  type Step,
  type VendorAnswer,
  startHttpVendor,
} from '@tth/testkit';
import { type FakeReply, chatCompletion, chatEvents } from './chat-wire.ts';
import { type ResponseEnd, responseEvents } from './responses-wire.ts';

type Body = Readonly<Record<string, unknown>>;

/** How a call is answered. Nothing said: well. */
export interface FakeScript extends HttpVendorScript {
  readonly reply?: FakeReply | ((body: Body) => FakeReply);
  /** Of a response. */
  readonly end?: ResponseEnd;
  /** How events are written; `tight` has no space after the colon. */
  readonly framing?: 'usual' | 'crlf' | 'tight';
  /** Comments before the first event. */
  readonly comments?: number;
  /** Lines put in the place of event `at`, raw, or before the end. */
  readonly insert?: { readonly at: number; readonly lines: readonly string[]; readonly endsThere?: boolean };
}

/** A server of Chat Completions and Responses on loopback, of any flavour. Its API is under `/v1`. */
export interface FakeOpenai extends HttpVendor<FakeScript> {
  /** What questions are answered with, by path; `undefined` is 404. */
  serve(path: string, answer: Refusal | undefined): void;
}

const piece = (text: string): Step => ({ kind: 'piece', bytes: Buffer.from(text) });

const write = (event: string | undefined, data: string, { framing = 'usual' }: FakeScript): string => {
  const colon = framing === 'tight' ? ':' : ': ';
  const lines = [...(event === undefined ? [] : [`event${colon}${event}`]), `data${colon}${data}`, '', ''];
  return lines.join(framing === 'crlf' ? '\r\n' : '\n');
};

function* stepsOf(events: Iterable<string>, { comments = 0, insert }: FakeScript): Generator<Step, void> {
  for (let n = 0; n < comments; n++) yield piece(': keep-alive\n\n');
  let at = 0;
  for (const event of events) {
    if (at++ === insert?.at) {
      for (const line of insert.lines) yield piece(line);
      if (insert.endsThere === true) return;
    }
    yield piece(event);
  }
}

/** How a model answers that nobody told anything: as it was asked to, in words or in JSON. */
const usualReply = (body: Body): FakeReply => {
  const { format } = (body['text'] ?? {}) as { readonly format?: unknown };
  const isJson = format !== undefined || body['response_format'] !== undefined;
  return { text: isJson ? '{"city":"Paris"}' : 'The sea is deep. Nobody has seen all of it.' };
};

const replyTo = (body: Body, { reply }: FakeScript): FakeReply => ({
  ...usualReply(body),
  ...(typeof reply === 'function' ? reply(body) : reply),
});

const eventsOf = (body: Body, path: string, given: FakeScript): string[] => {
  const model = String(body['model']);
  const asked = (body['stream_options'] ?? {}) as Record<string, boolean>;
  const usage = asked['continuous_usage_stats'] ? 'every' : asked['include_usage'] ? 'final' : 'none';
  const reply: FakeReply = { usage, ...replyTo(body, given) };
  if (path.endsWith('/responses')) {
    return [...responseEvents(reply, model, given.end ?? {})].map((event) =>
      write(event.type, JSON.stringify(event), given),
    );
  }
  return [...chatEvents(reply, model)].map((data) => write(undefined, data, given));
};

const answerTo = (body: Body, path: string, given: FakeScript): VendorAnswer => {
  if (body['stream'] === true) {
    const steps = stepsOf(eventsOf(body, path, given), given);
    const headers = { 'x-request-id': 'req_1' };
    return { contentType: 'text/event-stream; charset=utf-8', headers, steps };
  }
  const completion = chatCompletion(replyTo(body, given), String(body['model']));
  return { contentType: 'application/json', steps: [piece(JSON.stringify(completion))] };
};

export const startFakeOpenai = async (): Promise<FakeOpenai> => {
  const served = new Map<string, Refusal>();
  const vendor = await startHttpVendor<FakeScript>({
    answer: ({ path, body = {} }, script) => answerTo(body, path, script),
    facts: (path) => served.get(path),
  });
  return Object.assign(vendor, {
    url: `${vendor.url}/v1`,
    serve: (path: string, given: Refusal | undefined) =>
      void (given === undefined ? served.delete(path) : served.set(path, given)),
  });
};
