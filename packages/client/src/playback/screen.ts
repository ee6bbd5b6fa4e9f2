/** Anything that pictures are drawn on. */
export interface DrawTarget {
  getContext(kind: '2d'): unknown;
}

/** Port to what the page draws with. */
export interface Screen {
  requestFrame(draw: () => void): number;
  cancelFrame(request: number): void;
  createCanvas(widthPx: number, heightPx: number): DrawTarget & CanvasImageSource;
  /** Decodes one still picture. */
  decodeStill(jpeg: Uint8Array): Promise<ImageBitmap>;
}

/** The page's screen. */
export const pageScreen: Screen = {
  requestFrame: (draw) => requestAnimationFrame(draw),
  cancelFrame: (request) => cancelAnimationFrame(request),
  createCanvas: (widthPx, heightPx) => {
    if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(widthPx, heightPx);
    const canvas = document.createElement('canvas');
    canvas.width = widthPx;
    canvas.height = heightPx;
    return canvas;
  },
  decodeStill: (jpeg) => createImageBitmap(new Blob([jpeg as BlobPart], { type: 'image/jpeg' })),
};

/** The 2D context of a canvas that has no other kind. */
export const context2d = (canvas: DrawTarget): CanvasRenderingContext2D => {
  const context = canvas.getContext('2d');
  if (context === null)
    throw new TypeError('The canvas already has a context that is not 2D; give a fresh canvas.');
  return context as CanvasRenderingContext2D;
};
