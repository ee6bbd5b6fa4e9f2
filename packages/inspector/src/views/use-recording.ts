import type { InspectMessage } from '@tth/protocol';
import { useEffect, useMemo, useState } from 'react';
import { modelAfter, parseRecording, toSteps } from '../feed/recording.ts';

interface Opened {
  readonly title: string;
  readonly steps: readonly InspectMessage[];
  readonly position: number;
}

/** A recording that is stepped through instead of the live feed, once one has been opened. */
export const useRecording = () => {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const show = (title: string, messages: readonly InspectMessage[]) => {
    const steps = toSteps(messages);
    setOpened({ title, steps, position: steps.length });
    setProblem(null);
  };
  const open = async (file: File) => {
    try {
      show(file.name, parseRecording(await file.text()));
    } catch (error) {
      setProblem(
        error instanceof Error ? `${file.name}: ${error.message}` : `${file.name} could not be read.`,
      );
    }
  };
  const moveTo = (position: number) =>
    setOpened(
      (before) => before && { ...before, position: Math.max(1, Math.min(before.steps.length, position)) },
    );
  const model = useMemo(() => opened && modelAfter(opened.steps, opened.position), [opened]);

  return {
    opened,
    model,
    problem,
    show,
    open,
    moveTo,
    close: () => setOpened(null),
    dismiss: () => setProblem(null),
  };
};

/** Opens every `.jsonl` file that is dropped onto the page. Returns whether one is being dragged over it. */
export const useFileDrop = (onFile: (file: File) => void): boolean => {
  const [over, setOver] = useState(false);

  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) onFile(file);
    };
    addEventListener('dragover', onDragOver);
    addEventListener('dragleave', onDragLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onDragOver);
      removeEventListener('dragleave', onDragLeave);
      removeEventListener('drop', onDrop);
    };
  }, [onFile]);

  return over;
};
