/** The part of opossum that is measured; the package ships no types. */
declare module 'opossum' {
  export default class CircuitBreaker<Result> {
    constructor(action: () => Promise<Result>, options: { readonly timeout: number | false });
    fire(): Promise<Result>;
    shutdown(): void;
  }
}
