/** Draws progress on one line of stderr; on anything but a terminal it stays silent until the end. */
export const createProgress = (stream: NodeJS.WriteStream) => {
  const width = 28;
  const draw = (line: string): void => {
    if (stream.isTTY) stream.write(`\r\u001b[2K${line}`);
  };
  return {
    /** `part` from 0 to 1. */
    update: (part: number, label: string): void => {
      const filled = Math.round(Math.min(1, Math.max(0, part)) * width);
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
      draw(`${bar} ${String(Math.round(part * 100)).padStart(3)} %  ${label}`);
    },
    /** A line of its own; what was drawn is taken away. */
    note: (line: string): void => {
      draw('');
      stream.write(`${line}\n`);
    },
  };
};
