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

/** A picture baked once: where it lies in face units, and its pixels. */
export interface Layer extends Box {
  readonly image: LayerCanvas;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Paints `box` once at `pxPerUnit` into a new canvas. */
export const bakeLayer = (
  createCanvas: CreateCanvas,
  box: Box,
  pxPerUnit: number,
  paint: (context: FaceContext) => void,
): Layer => {
  const widthPx = Math.max(1, Math.ceil(box.width * pxPerUnit));
  const heightPx = Math.max(1, Math.ceil(box.height * pxPerUnit));
  const image = createCanvas(widthPx, heightPx);
  const context = image.getContext('2d') as FaceContext | null;
  if (!context) throw new Error('A face layer needs a 2D context; createCanvas gave a canvas without one.');
  context.scale(widthPx / box.width, heightPx / box.height);
  context.translate(-box.x, -box.y);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  paint(context);
  // A recording canvas (Skia on the server) would replay these commands in every frame; reading a pixel makes them pixels.
  context.getImageData(0, 0, 1, 1);
  return { ...box, image, widthPx, heightPx };
};

/** Draws a whole layer in its place. */
export const drawLayer = (context: FaceContext, { image, x, y, width, height }: Layer): void => {
  context.drawImage(image as never, x, y, width, height);
};

/** Draws the rows of a layer from `fromY` to `toY` so that they fill `intoY` to `intoEndY`; all in face units. */
export const drawRows = (
  context: FaceContext,
  layer: Layer,
  fromY: number,
  toY: number,
  intoY: number,
  intoEndY: number,
): void => {
  const pxPerUnit = layer.heightPx / layer.height;
  context.drawImage(
    layer.image as never,
    0,
    (fromY - layer.y) * pxPerUnit,
    layer.widthPx,
    (toY - fromY) * pxPerUnit,
    layer.x,
    intoY,
    layer.width,
    intoEndY - intoY,
  );
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
