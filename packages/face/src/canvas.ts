/** What drawing a face needs of a 2D context; a browser's and `@napi-rs/canvas`'s both have it. */
export type FaceContext = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'translate'
  | 'rotate'
  | 'scale'
  | 'transform'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'bezierCurveTo'
  | 'quadraticCurveTo'
  | 'arc'
  | 'ellipse'
  | 'fill'
  | 'stroke'
  | 'clip'
  | 'fillRect'
  | 'clearRect'
  | 'getImageData'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'globalAlpha'
  | 'globalCompositeOperation'
  | 'createLinearGradient'
  | 'createRadialGradient'
> & {
  drawImage(image: never, x: number, y: number, width: number, height: number): void;
  drawImage(
    image: never,
    sourceX: number,
    sourceY: number,
    sourceWidth: number,
    sourceHeight: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void;
};

/** A canvas that layers are baked to; `OffscreenCanvas` and the canvas of `@napi-rs/canvas` fit. */
export interface LayerCanvas {
  getContext(kind: '2d'): unknown;
}

/** Makes a canvas of whole pixels, for one baked layer. */
export type CreateCanvas = (widthPx: number, heightPx: number) => LayerCanvas;

/** A rectangle in face units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A run of pixels that a layer really covers. */
interface Piece {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture baked once: where it lies in face units, its pixels, and which of them are worth drawing. */
export interface Layer extends Box {
  readonly image: LayerCanvas;
  readonly pxPerUnitX: number;
  readonly pxPerUnitY: number;
  readonly pieces: readonly Piece[];
}

const bandPx = 40;
const smallestHolePx = 24;

/**
 * Cuts a picture into bands, and bands into the runs that are not empty. Filtering a pixel costs the same whether or
 * not it is transparent, and hair around a face is mostly hole.
 */
const findPieces = (rgba: ArrayLike<number>, widthPx: number, heightPx: number): Piece[] => {
  const pieces: Piece[] = [];
  for (let top = 0; top < heightPx; top += bandPx) {
    const height = Math.min(bandPx, heightPx - top);
    const isFilled = (x: number): boolean => {
      for (let y = top; y < top + height; y += 1) if ((rgba[(y * widthPx + x) * 4 + 3] ?? 0) > 0) return true;
      return false;
    };
    let start = -1;
    let end = -1;
    for (let x = 0; x < widthPx; x += 1) {
      if (!isFilled(x)) continue;
      if (start >= 0 && x - end > smallestHolePx) {
        pieces.push({ x: start, y: top, width: end - start, height });
        start = x;
      }
      if (start < 0) start = x;
      end = x + 1;
    }
    if (start >= 0) pieces.push({ x: start, y: top, width: end - start, height });
  }
  return pieces;
};

/**
 * Paints `box` once at `pxPerUnit` into a new canvas. `cut` leaves its empty parts out of every later drawing; it is for
 * large layers that are opaque inside, because the pieces overlap.
 */
export const bakeLayer = (
  createCanvas: CreateCanvas,
  box: Box,
  pxPerUnit: number,
  paint: (context: FaceContext) => void,
  cut = false,
): Layer => {
  const widthPx = Math.max(1, Math.ceil(box.width * pxPerUnit));
  const heightPx = Math.max(1, Math.ceil(box.height * pxPerUnit));
  const image = createCanvas(widthPx, heightPx);
  const context = image.getContext('2d') as FaceContext | null;
  if (!context) throw new Error('A face layer needs a 2D context; createCanvas gave a canvas without one.');
  const pxPerUnitX = widthPx / box.width;
  const pxPerUnitY = heightPx / box.height;
  context.scale(pxPerUnitX, pxPerUnitY);
  context.translate(-box.x, -box.y);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  paint(context);
  // Reading also turns a recording canvas (Skia on the server) into pixels; else every frame would replay its commands.
  const { data } = context.getImageData(0, 0, widthPx, heightPx);
  const pieces = cut
    ? findPieces(data, widthPx, heightPx)
    : [{ x: 0, y: 0, width: widthPx, height: heightPx }];
  return { ...box, image, pxPerUnitX, pxPerUnitY, pieces };
};

/**
 * Draws a layer in its place. `bend` moves its rows: given a height in face units it returns where that row goes,
 * and must never decrease.
 */
export const drawLayer = (context: FaceContext, layer: Layer, bend?: (y: number) => number): void => {
  const { image, pxPerUnitX, pxPerUnitY } = layer;
  for (const { x, y, width, height } of layer.pieces) {
    // Two rows more at the bottom: neighbours overlap, so that no seam shows when the layer is turned.
    const extra = layer.pieces.length > 1 ? 2 : 0;
    const top = layer.y + y / pxPerUnitY;
    const bottom = layer.y + (y + height + extra) / pxPerUnitY;
    const fromY = bend ? bend(top) : top;
    const toY = bend ? bend(bottom) : bottom;
    context.drawImage(
      image as never,
      x,
      y,
      width,
      height + extra,
      layer.x + x / pxPerUnitX,
      fromY,
      width / pxPerUnitX,
      toY - fromY,
    );
  }
};

/** A filled soft spot: `color` at the middle fading to nothing at the rim of the ellipse. For baking. */
export const paintGlow = (
  context: FaceContext,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  inner: string,
  outer: string,
): void => {
  context.save();
  context.translate(x, y);
  context.scale(1, radiusY / radiusX);
  const glow = context.createRadialGradient(0, 0, 0, 0, 0, radiusX);
  glow.addColorStop(0, inner);
  glow.addColorStop(1, outer);
  context.fillStyle = glow;
  context.fillRect(-radiusX, -radiusX, radiusX * 2, radiusX * 2);
  context.restore();
};
