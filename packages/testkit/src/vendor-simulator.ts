import { type HttpVendor, type HttpVendorScript, startHttpVendor } from './http-vendor.ts';
import type { LoopbackOptions } from './loopback-server.ts';
import { type SpeechOptions, type Step, chatSteps, lineSteps, speechSteps } from './vendor-wire.ts';

/** How the vendor answers a request. Nothing said: as it should. */
export interface VendorScript extends HttpVendorScript {
  readonly speech?: SpeechOptions;
}

/** A vendor of language and speech on loopback. Its wire is described in `vendor-wire.ts`. */
export type VendorSimulator = HttpVendor<VendorScript>;

type Messages = readonly { role: string; content: string }[];

export interface VendorOptions extends LoopbackOptions {
  readonly reply?: (messages: Messages) => string;
}

type Answer = (body: Readonly<Record<string, unknown>>, speech?: SpeechOptions) => Iterable<Step>;

export const startVendor = ({
  reply = () => 'Hello there.',
  ...options
}: VendorOptions = {}): Promise<VendorSimulator> => {
  const answers: Readonly<Record<string, readonly [contentType: string, Answer]>> = {
    '/chat': ['text/event-stream', ({ messages }) => chatSteps(reply(messages as Messages))],
    '/speech': ['audio/pcm', ({ text }, speech) => speechSteps(text as string, speech)],
    '/lines': ['application/x-ndjson', ({ text }, speech) => lineSteps(text as string, speech)],
  };
  return startHttpVendor<VendorScript>(
    {
      answer: ({ path, body = {} }, { speech }) => {
        const [contentType, steps] = answers[path] ?? [];
        return steps && { contentType, steps: steps(body, speech) };
      },
      facts: { '/health': { ok: true } },
    },
    options,
  );
};
