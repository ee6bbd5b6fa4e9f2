import type { MediaItem } from '../domain/media.ts';

/**
 * Keeps what has to be said before the first picture of a call to a face, until that picture is sent:
 * pictures of an earlier call may still wait in front of it.
 */
export interface PictureShows {
  /** `say` runs before the first picture of this show is sent: at once for the first show. */
  announce(show: number, say: () => void): void;
  /** Notes which show a picture belongs to. */
  note(item: MediaItem, show: number): void;
  /** To be called before an item is sent. */
  onSend(item: MediaItem): void;
  /** Whether nothing of this picture's show has been seen. */
  isUnseen(item: MediaItem): boolean;
}

export const createPictureShows = (): PictureShows => {
  const showOf = new WeakMap<MediaItem, number>();
  const unsaid = new Map<number, () => void>();
  return {
    announce: (show, say) => {
      if (show === 0) say();
      else unsaid.set(show, say);
    },
    note: (item, show) => {
      if (show > 0) showOf.set(item, show);
    },
    onSend: (item) => {
      const show = showOf.get(item);
      const say = show === undefined ? undefined : unsaid.get(show);
      if (show === undefined || say === undefined) return;
      unsaid.delete(show);
      say();
    },
    isUnseen: (item) => unsaid.has(showOf.get(item) ?? 0),
  };
};
