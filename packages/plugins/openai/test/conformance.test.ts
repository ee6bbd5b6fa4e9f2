import { vendorHandle } from '@tth/testkit';
import { llmConformance } from '@tth/testkit/conformance';
import { afterAll } from 'vitest';
import { startFakeOpenai } from './fake-openai.ts';
import { startChat, startResponses } from './start.ts';

const vendor = await startFakeOpenai();
vendor.serve('/health', { status: 200, body: '' });
vendor.serve('/v1/models', { status: 200, body: { object: 'list', data: [{ id: 'm1', object: 'model' }] } });
afterAll(() => vendor.close());

const openai = { baseUrl: vendor.url, apiKey: 'OPENAI_API_KEY' };

llmConformance('Chat Completions', () => startChat(openai), {
  vendor: vendorHandle(vendor, { firstItem: 2 }),
});
llmConformance('Chat Completions of vLLM', () => startChat({ flavour: 'vllm', baseUrl: vendor.url }));
llmConformance('Chat Completions of a server that counts no tokens', () =>
  startChat({ flavour: 'generic', baseUrl: vendor.url }),
);
llmConformance('Responses', () => startResponses(openai), { vendor: vendorHandle(vendor, { firstItem: 5 }) });
