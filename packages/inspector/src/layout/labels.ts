const known: readonly (readonly [RegExp, (rest: string) => string])[] = [
  [/^xstate\.done\.(?:actor|state)\.(.*)$/, (rest) => `done ${rest}`],
  [/^xstate\.error\.actor\.(.*)$/, (rest) => `failed ${rest}`],
  [/^xstate\.snapshot\.(.*)$/, (rest) => `update ${rest}`],
  [/^xstate\.after\.(\d+)\..*$/, (rest) => `after ${rest} ms`],
];

/** An event's name as a person reads it: the machine library's own events lose their prefix. */
export const eventLabel = (event: string): string => {
  if (event === '') return 'always';
  for (const [pattern, say] of known) {
    const match = pattern.exec(event);
    if (match) return say((match[1] ?? '').replace(/^\d+\./, ''));
  }
  return event;
};
