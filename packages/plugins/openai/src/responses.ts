import { defineLlm } from '@tth/core/plugin';
import { createLlm } from './llm.ts';
import { capabilitiesOf, responsesOptions } from './options.ts';
import { responsesBody } from './responses-request.ts';
import { createResponsesReader } from './responses-stream.ts';

/** A model behind the Responses API. The conversation is sent whole each time: nothing is kept on the other side. */
export const openaiResponses = defineLlm({
  id: 'openai-responses',
  optIn: true,
  options: responsesOptions,
  capabilities: (options) => capabilitiesOf(options),
  create: (options, deps) =>
    createLlm(options, deps, ({ connection: { client, failOf }, makeId }) => ({
      open: (input, control, signal) =>
        client.responses.create(responsesBody(options, input, control), { signal }).asResponse(),
      createReader: () => createResponsesReader({ makeId, failOf }),
    })),
});
