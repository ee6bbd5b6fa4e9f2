export { createApplication, CreateError, type CreateOptions } from './create.ts';
