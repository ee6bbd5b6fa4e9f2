export { createServer, type Server } from './app/create-server.ts';
export { defineConfig, loadSettings, type Settings, type TthConfig } from './app/config.ts';
export { createLogger, type LogLevel } from './observability/logger.ts';
