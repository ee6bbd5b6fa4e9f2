export { default, type ReporterOptions } from './reporter.ts';
export { printReport } from './print.ts';
export { badgeOf } from './badge.ts';
export { type ConformanceReport, type SuiteInfo, type SuiteReport, type Totals } from './report.ts';
