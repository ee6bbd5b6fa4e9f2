import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Policies } from '@tth/core';
import type { TthConfig } from '@tth/server';
import { type VendorSimulator, startVendor } from '@tth/testkit';
import { afterEach } from 'vitest';
import { answer, hastyPolicies } from './faults.ts';
import { root, testPolicies } from './start-tth.ts';
import { type WireClient, connectWire } from './wire-client.ts';

/** What the vendors are told to send as proof of who we are. It must be in no log. */
export const vendorKey = 'sk-the-key-of-the-vendor';

type Vendors = Readonly<Record<'first' | 'second', VendorSimulator>>;

/** A provider as `/v1/health` shows it. */
export interface Routing {
  readonly circuit: string;
  readonly calls: { readonly calls: number; readonly failed: number; readonly inFlight: number };
}

/** `tth serve` in a process of its own, with two vendors of language and speech. */
export interface FaultServer {
  readonly url: string;
  readonly llm: Vendors;
  readonly tts: Vendors;
  /** Everything that the process has written, its logs at debug among it. */
  output(): string;
  /** Resident memory of the process; `undefined` where the platform does not tell. */
  residentBytes(): number | undefined;
  /** What the process says of its providers, by id. */
  routing(): Promise<Readonly<Record<string, Routing>>>;
  connect(): Promise<WireClient>;
  stop(): Promise<void>;
}

export interface FaultServerOptions {
  readonly policies?: Partial<Policies>;
  /** Options of the adapters, over where their vendors are. */
  readonly adapters?: Readonly<Record<string, object>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Goes on where the conversation stops, as a model does that is handed an unfinished answer. */
const reply = (messages: readonly { role: string; content: string }[]): string => {
  const begun = messages.at(-1)?.role === 'assistant' ? messages.at(-1)!.content : '';
  return answer.startsWith(begun) ? answer.slice(begun.length) : answer;
};

const startVendors = async (): Promise<Vendors> => ({
  first: await startVendor({ reply }),
  second: await startVendor({ reply }),
});

const folder = path.join(root, 'test/support/fault-plugin');
const main = path.join(root, 'packages/server/src/main.ts');

const residentBytesOf = (pid: number): number | undefined => {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1]) * 1024;
};

/** Resolves with the address that the process prints; rejects with its output when it ends before. */
const addressOf = async (child: ChildProcess, output: () => string): Promise<string> => {
  for (;;) {
    const url = /talking at\s+(http:\S+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`the server did not start: ${output()}`);
    await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
  }
};

export const startFaultServer = async ({
  policies = {},
  adapters = {},
  env = {},
}: FaultServerOptions = {}): Promise<FaultServer> => {
  const [llm, tts] = [await startVendors(), await startVendors()];
  const config: Pick<TthConfig, 'adapters' | 'policies'> = {
    adapters: {
      'first-llm': { baseUrl: llm.first.url, ...adapters['first-llm'] },
      'second-llm': { baseUrl: llm.second.url, ...adapters['second-llm'] },
      'first-tts': { baseUrl: tts.first.url, ...adapters['first-tts'] },
      'second-tts': { baseUrl: tts.second.url, ...adapters['second-tts'] },
    },
    policies: { ...hastyPolicies, ...testPolicies, ...policies },
  };
  const child = spawn(process.execPath, [main, 'serve', '--port', '0'], {
    cwd: folder,
    env: {
      ...process.env,
      TTH_FAULTS: JSON.stringify(config),
      TTH_LOG_LEVEL: 'debug',
      VENDOR_KEY: vendorKey,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const url = await addressOf(child, () => output);
  return {
    url,
    llm,
    tts,
    output: () => output,
    residentBytes: () => residentBytesOf(child.pid!),
    routing: async () => {
      const { routing } = (await (await fetch(`${url}/v1/health`)).json()) as {
        readonly routing: readonly (Routing & { readonly provider: string })[];
      };
      return Object.fromEntries(routing.map((each) => [each.provider, each]));
    },
    connect: () => connectWire(url, { listensInstantly: true }),
    stop: async () => {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
      await Promise.all([llm.first, llm.second, tts.first, tts.second].map((vendor) => vendor.close()));
    },
  };
};

/** Starts servers that end with their test. */
export const createStartFaultServer = (): typeof startFaultServer => {
  let server: FaultServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  return async (options) => {
    server = await startFaultServer(options);
    return server;
  };
};
