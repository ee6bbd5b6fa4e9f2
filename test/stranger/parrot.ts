import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export const sentence = 'Polly wants a cracker.';

/** A vendor of a wire that the template does not speak: its pieces are called `delta`, its end `end`. */
export const startParrot = async () => {
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    request.resume();
    const lines = [...sentence.split(/(?<=\s)/).map((delta) => ({ delta })), { end: [9, 5] }];
    const body = request.method === 'GET' ? '{}' : lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    request.on('end', () => response.end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What was sent with each call to say who calls. */
    keys,
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** Changes a file as somebody would in an editor. Throws where it does not say what was expected. */
export const edit = async (
  file: string,
  ...changes: readonly (readonly [from: string, to: string])[]
): Promise<void> => {
  let text = await readFile(file, 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${path.basename(file)} does not have ${from}`);
    text = text.replaceAll(from, to);
  }
  await writeFile(file, text);
};

/** Fills the template in for that vendor: the wire, the function that reads it, and the vendor of its tests. */
export const fillIn = async (folder: string): Promise<void> => {
  await edit(
    path.join(folder, 'src/wire.ts'),
    ['text: z.string().optional()', 'delta: z.string().optional()'],
    [
      'done: z.object({ inputTokens: z.int(), outputTokens: z.int() }).optional()',
      'end: z.tuple([z.int(), z.int()]).optional()',
    ],
  );
  await edit(
    path.join(folder, 'src/llm.ts'),
    ['line.text', 'line.delta'],
    ['line.done', 'line.end'],
    [
      "yield { type: 'usage', ...line.end };",
      "const [inputTokens, outputTokens] = line.end;\n          yield { type: 'usage', inputTokens, outputTokens };",
    ],
  );
  await edit(
    path.join(folder, 'test/fake-vendor.ts'),
    ['line({ text })', 'line({ delta: text })'],
    ['line({ done: { inputTokens: 20, outputTokens: 12 } })', 'line({ end: [20, 12] })'],
  );
};
