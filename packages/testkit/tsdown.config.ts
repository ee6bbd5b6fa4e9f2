import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    conformance: 'src/conformance/index.ts',
    report: 'src/report/index.ts',
  },
  fixedExtension: false,
  dts: true,
});
