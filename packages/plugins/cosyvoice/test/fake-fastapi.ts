import {
  type AskedOfVendor,
  type HttpVendor,
  type Step,
  type VendorAnswer,
  speechSteps,
  startHttpVendor,
} from '@tth/testkit';

// The wire of `runtime/python/fastapi/server.py`: a form in, raw sound out, without a header that says anything of it.

/** The fields that each way to speak needs; a form without one of them is answered with 422. */
const needed: Readonly<Record<string, readonly string[]>> = {
  '/inference_sft': ['tts_text', 'spk_id'],
  '/inference_zero_shot': ['tts_text', 'prompt_text', 'prompt_wav'],
  '/inference_cross_lingual': ['tts_text', 'prompt_wav'],
  '/inference_instruct2': ['tts_text', 'instruct_text', 'prompt_wav'],
};

/** A segment of the text is made as a whole: this much sound comes in one burst. */
const piecesPerBurst = 25;

function* bursts(steps: Iterable<Step>): Generator<Step, void> {
  let held: Uint8Array[] = [];
  for (const step of steps) {
    if (step.kind === 'piece') held.push(step.bytes);
    if (held.length < piecesPerBurst) continue;
    yield { kind: 'piece', bytes: Buffer.concat(held) };
    held = [];
  }
  if (held.length > 0) yield { kind: 'piece', bytes: Buffer.concat(held) };
}

/** How long a character is spoken, in milliseconds. */
const paceOf = (instruction: unknown): number => {
  if (typeof instruction !== 'string') return 50;
  if (instruction.includes('尽可能慢')) return 80;
  return instruction.includes('尽可能快') ? 30 : 50;
};

const answer = ({ path, body = {} }: AskedOfVendor): VendorAnswer | undefined => {
  const fields = needed[path];
  if (fields === undefined) return undefined;
  const missing = fields.filter((field) => !(field in body));
  if (missing.length > 0) {
    const detail = missing.map((field) => ({ type: 'missing', loc: ['body', field], msg: 'Field required' }));
    const bytes = Buffer.from(JSON.stringify({ detail }));
    return { status: 422, contentType: 'application/json', steps: [{ kind: 'piece', bytes }] };
  }
  const text = String(body['tts_text']).replace(/^.*<\|endofprompt\|>/, '');
  const msPerCharacter = paceOf(body['instruct_text']);
  return { contentType: undefined, steps: bursts(speechSteps(text, { msPerCharacter })) };
};

/** The FastAPI server of CosyVoice on loopback. */
export const startFakeFastapi = (): Promise<HttpVendor> =>
  startHttpVendor({ answer, facts: { '/openapi.json': { openapi: '3.1.0', paths: {} } } });
