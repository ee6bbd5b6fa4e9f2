export {
  avatarConformance,
  llmConformance,
  ttsConformance,
  type ConformanceOptions,
  type LlmConformanceOptions,
  type Make,
} from './suites.ts';
export { type LiveRun } from './live.ts';
export { type Check, type CheckResult, type Outcome, type Severity, type Skips } from './check.ts';
export { conformanceChecks, type CheckInfo } from './checks.ts';
