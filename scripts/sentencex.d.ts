/** The package comes without types. */
declare module 'sentencex' {
  export const segment: (language: string, text: string) => string[];
}
