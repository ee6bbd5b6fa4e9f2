import { defineLlm } from '@tth/core/plugin';
import { answer } from './answer.ts';
import { openEndpoint } from './endpoint.ts';
import { capabilitiesOf, responsesOptions } from './options.ts';
import { responsesBody } from './responses-request.ts';
import { createResponsesReader } from './responses-stream.ts';

/** A model behind the Responses API. The conversation is sent whole each time: nothing is kept on the other side. */
export const openaiResponses = defineLlm({
  id: 'openai-responses',
  optIn: true,
  options: responsesOptions,
  capabilities: (options) => capabilitiesOf(options),
  create: (options, deps) => {
    const { connection, health, warmup, makeId } = openEndpoint(options, deps);
    return {
      inferStream: (input, control, context) =>
        answer(
          {
            connection,
            deps,
            open: (asked, signal) =>
              connection.client.responses
                .create(responsesBody(options, asked, control), { signal })
                .asResponse(),
            createReader: () => createResponsesReader({ makeId, failOf: connection.failOf }),
          },
          input,
          context,
        ),
      health,
      warmup: (signal) => warmup(signal, () => Promise.resolve()),
    };
  },
});
