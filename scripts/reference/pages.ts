import { type AdapterInfo, type Policies, defaultPolicies, errorTable } from '@tth/core';
import {
  clientMessage,
  closeCodes,
  controlOutcome,
  emotionControl,
  generateQuery,
  generateRequest,
  looseControls,
  looseValue,
  mayReconnect,
  mediaCodecs,
  mediaFrameVersion,
  mediaHeaderBytes,
  mediaKinds,
  pictureFormat,
  opusPreSkipSamples,
  protocolVersion,
  serverMessage,
  sessionCreatedResponse,
  sessionRequest,
  subprotocol,
  versionHistory,
  wireError,
} from '@tth/protocol';
import { controlMatrix, controlsSections, standInTable } from './controls-page.ts';
import { type JsonSchema, type Named, code, describe, fieldRows, table } from './fields.ts';
import { clientMeanings, closeMeanings, errorMeanings, headerFields, serverMeanings } from './meanings.ts';
import { fieldComments, readCode } from './sources.ts';

/** The first line of every page. */
export const made = '<!-- Made by "npm run reference" from the code. Changes belong there. -->';
const page = (...parts: readonly string[]): string => `${[made, ...parts].join('\n\n')}\n`;

interface Schema {
  toJSONSchema(options: { io: 'input' | 'output' }): object;
}

const jsonOf = (schema: Schema, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _version, ...json } = schema.toJSONSchema({ io }) as JsonSchema & { $schema?: string };
  return json;
};

const head = ['field', 'value', 'required'];
const fields = (schema: JsonSchema, named: readonly Named[]): string => table(head, fieldRows(schema, named));

const namedSchemas = (io: 'input' | 'output'): Named[] => [
  { title: 'Controls', schema: jsonOf(looseControls, io) },
  { title: 'Control value', schema: jsonOf(looseValue, io) },
  { title: 'Error', schema: jsonOf(wireError, io) },
  { title: 'Emotion', schema: jsonOf(emotionControl, io) },
  { title: 'Picture format', schema: jsonOf(pictureFormat, io) },
  { title: 'Control outcome', schema: jsonOf(controlOutcome, io) },
];

const without = (schema: JsonSchema, names: readonly string[]): JsonSchema => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name)),
  ),
});

const unsent = '**Declared, not sent by this version.** ';

/** Messages in both directions and the bodies of HTTP requests. */
export const messagesPage = (): string => {
  const engine = readCode(
    ['packages/core/src', 'packages/server/src'],
    ['packages/core/src/domain/events.ts'],
  );
  const input = namedSchemas('input');
  const output = namedSchemas('output');
  const envelope = ['v', 'sessionId', 'logId', 'seq', 'ts', 'turnId', 'type'];
  const [first] = serverMessage.options;
  const all = jsonOf(first, 'output');
  const shared = {
    ...all,
    properties: Object.fromEntries(envelope.map((name) => [name, all.properties?.[name] ?? {}])),
  };

  const fromClient = clientMessage.options.map((option) => {
    const schema = without(jsonOf(option, 'input'), ['type']);
    const type = option.shape.type.value;
    const rows = fieldRows(schema, input);
    return `### ${type}\n\n${clientMeanings[type]}${rows.length > 0 ? `\n\n${table(head, rows)}` : ''}`;
  });
  const fromServer = serverMessage.options.map((option) => {
    const schema = without(jsonOf(option, 'output'), envelope);
    const type = option.shape.type.value;
    const isSent = engine.includes(`type: '${type}'`);
    const rows = fieldRows(schema, output);
    return `### ${type}\n\n${isSent ? '' : unsent}${serverMeanings[type]}${rows.length > 0 ? `\n\n${table(head, rows)}` : ''}`;
  });
  const details = output.map(
    ({ title, schema }) =>
      `### ${title}\n\n${
        schema.properties === undefined
          ? `A ${describe(schema, [])}. What it may mean is in [controls](controls.md).`
          : fields(
              schema,
              output.filter((each) => each.title !== title),
            )
      }`,
  );

  return page(
    '# Messages',
    `JSON over a WebSocket at \`/v1/stream\`, subprotocol \`${subprotocol}\`, version ${protocolVersion}. Media travels beside it in [binary frames](media-frame.md). The schemas are in \`@tth/protocol\`; the server refuses unknown types and unknown fields. Values of controls are read leniently: [controls](controls.md).`,
    table(['version', 'what it brought'], Object.entries(versionHistory)),
    '## From the client',
    ...fromClient,
    '## From the server',
    `Every event carries these; \`seq\` counts 1, 2, 3… without a hole within one \`logId\`. They are not repeated below, and neither is \`type\`.`,
    fields(shared, output),
    ...fromServer,
    '## Parts of messages',
    ...details,
    '## Bodies of HTTP requests',
    `### POST /v1/sessions\n\n${fields(jsonOf(sessionRequest, 'input'), input)}\n\nAnswered with 201 and:\n\n${fields(jsonOf(sessionCreatedResponse, 'output'), output)}`,
    `### POST /v1/generate\n\nAnswered with the file, sent while it is made.\n\n${fields(jsonOf(generateRequest, 'input'), input)}`,
    `### GET /v1/generate\n\nThe same for the \`src\` of a \`<video>\` or \`<audio>\` in a page of the server's own origin: the fields are the query. Each request makes a new file, so it is sent from its beginning only; a \`Range\` that begins elsewhere is answered with 416, and a page of another site with 403.\n\n${fields(jsonOf(generateQuery, 'input'), input)}`,
  );
};

/** The error table, with what each code means. */
export const errorsPage = (): string => {
  const source = readCode(
    ['packages/core/src', 'packages/server/src', 'packages/plugins'],
    ['packages/core/src/domain/errors.ts'],
  );
  const rows = Object.entries(errorTable).map(([name, row]) => [
    `\`${name}\``,
    `${source.includes(`'${name}'`) ? '' : '(reserved) '}${errorMeanings[name as keyof typeof errorTable]}`,
    row.retry.replace('_', ' '),
    String(row.http),
    row.wsClose === null ? '' : String(row.wsClose),
    row.level,
  ]);
  return page(
    '# Errors',
    'Test the code, never the message. *retry* says who may try again: `never`, `later` in the same place, or another provider at once (the router’s business, not the client’s). *HTTP* is the status of a request that failed with it, *close* the code of a socket that ends with it. Codes marked reserved are part of the contract but raised by nothing in this version.',
    table(['code', 'what happened, what to do', 'retry', 'HTTP', 'close', 'log level'], rows),
  );
};

/** Why a socket was closed and whether to come back. */
export const closeCodesPage = (): string => {
  const source = readCode(['packages/server/src', 'packages/client/src'], []);
  const rows = Object.entries(closeCodes).map(([name, value]) => {
    const isUsed = new RegExp(`closeCodes\\.${name}\\b|'${name}'|\\b${value}\\b`).test(source);
    return [
      String(value),
      `\`${name}\``,
      `${isUsed ? '' : '(reserved) '}${closeMeanings[name as keyof typeof closeCodes]}`,
      mayReconnect(value) ? 'connect again and resume' : 'do not come back with the same request',
    ];
  });
  return page(
    '# Close codes',
    '4000 to 4499: connect again and resume. 4500 to 4999: do not. 1001 and 1006, a lost connection, count as the first kind. Codes marked reserved are part of the contract but used by nothing in this version.',
    table(['code', 'name', 'why', 'what a client does'], rows),
  );
};

const flat = (value: unknown, prefix: string): [string, string][] => {
  if (Array.isArray(value)) return [[prefix, value.length === 0 ? 'none listed' : code(value)]];
  if (typeof value !== 'object' || value === null) return [[prefix, code([value])]];
  if ('min' in value && 'max' in value) return [[prefix, `${String(value.min)} to ${String(value.max)}`]];
  return Object.entries(value).flatMap(([name, inner]) =>
    flat(inner, prefix === '' ? name : `${prefix}.${name}`),
  );
};

/** Every control, with units and ranges. */
export const controlsPage = (): string => page(...controlsSections());

const isToldElsewhere = (name: string): boolean =>
  name === 'stage' || name.startsWith('map.') || name.startsWith('controls.standIns.');

/** What each installed adapter can do, as router, control degrader and inspector read it. */
export const capabilitiesPage = (adapters: readonly AdapterInfo[]): string =>
  page(
    '# Capabilities',
    'What the adapters of `tth.config.ts` say of themselves: the same data that the router and the control report read, and that `GET /v1/models` returns. A list of languages or voices that is empty means: any.',
    '## Controls by provider',
    'What each voice and face has of the [controls](controls.md), and the field of its request where it has one. –: it has none, and the report says so.',
    controlMatrix(adapters),
    ...adapters.map((adapter) => {
      const { id, stage, capabilities } = adapter;
      const standIns = standInTable(adapter);
      return [
        `## ${id}`,
        `Stage \`${stage}\`.`,
        table(
          ['capability', 'value'],
          flat(capabilities, '')
            .filter(([name]) => !isToldElsewhere(name))
            .map(([name, value]) => [`\`${name}\``, value]),
        ),
        ...(standIns === undefined ? [] : [standIns]),
      ].join('\n\n');
    }),
  );

const policyFile = 'packages/core/src/domain/policies.ts';

/** Every bound and deadline with its default. */
export const policiesPage = (): string => {
  const comments = fieldComments(policyFile, 'Policies');
  const inner: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    circuit: fieldComments(policyFile, 'CircuitPolicy'),
    retry: fieldComments(policyFile, 'RetryPolicy'),
    budget: fieldComments(policyFile, 'BudgetPolicy'),
    liveness: fieldComments(policyFile, 'LivenessPolicy'),
    guard: fieldComments(policyFile, 'GuardPolicy'),
    tools: fieldComments(policyFile, 'ToolPolicy'),
    replyCache: fieldComments(policyFile, 'ReplyCachePolicy'),
    prosody: fieldComments(policyFile, 'ProsodyPolicy'),
    drift: fieldComments(policyFile, 'DriftPolicy'),
    link: fieldComments(policyFile, 'LinkPolicy'),
  };
  const budget = fieldComments(policyFile, 'StageBudget');
  const shown = (value: unknown): string =>
    typeof value === 'number' ? value.toLocaleString('en-US') : `\`${String(value)}\``;
  const rows = Object.entries(defaultPolicies as unknown as Record<keyof Policies, unknown>).flatMap(
    ([name, value]) => {
      if (typeof value !== 'object') return [[`\`${name}\``, shown(value), comments[name] ?? '']];
      return Object.entries(value as object).map(([field, each]) => [
        `\`${name}.${field}\``,
        shown(each),
        (inner[name] ?? budget)[field] ?? '',
      ]);
    },
  );
  return page(
    '# Policies',
    'Bounds and deadlines of the engine, set under `policies` in `tth.config.ts` or in `createEngine`. Names ending in `Ms` are milliseconds. In `tth.config.ts` a group that is set in part keeps its other defaults; `createEngine` takes a group as a whole.',
    table(['policy', 'default', 'meaning'], rows),
  );
};

/** The binary frame, byte by byte. */
export const mediaFramePage = (): string => {
  let offset = 0;
  const rows = headerFields.map(({ field, type, bytes, meaning }) => {
    const row = [String(offset), type, `\`${field}\``, meaning];
    offset += bytes;
    return row;
  });
  if (offset !== mediaHeaderBytes)
    throw new Error(`the header has ${mediaHeaderBytes} bytes, the page ${offset}`);
  return page(
    '# Media frame',
    `One binary WebSocket message is one frame: a header of ${mediaHeaderBytes} bytes, then the payload. Numbers are little-endian; the layout’s version is ${mediaFrameVersion}.`,
    table(['offset', 'type', 'field', 'meaning'], rows),
    table(
      ['kind', 'number'],
      Object.entries(mediaKinds).map(([name, id]) => [`\`${name}\``, String(id)]),
    ),
    table(
      ['codec', 'number'],
      Object.entries(mediaCodecs).map(([name, id]) => [`\`${name}\``, String(id)]),
    ),
    'Sound is `pcm_s16le`: 16-bit samples, one channel, 24,000 Hz. A pose frame holds one or more poses of equal length, evenly spaced over `durationUs`; `video_format.channels` names each byte of a pose. H.264 comes as Annex B with parameter sets at each key frame.',
    `Sound as \`opus\` is one packet of 20 ms a frame, mono. Flag 1 begins a run, once a sentence at least: decode it with a new decoder and leave out the first ${opusPreSkipSamples} samples at 48 kHz. \`durationUs\` is how much of what is left of a packet counts, from its front. A client that accepts Opus may be sent \`pcm_s16le\` at any time: every frame names its codec.`,
    'A client drops frames of an older epoch than the newest it knows, and plays by `ptsUs`: the sound is the clock, pictures follow it.',
  );
};
