/** Colours are `#rrggbb`; lengths are face units: the eyes lie at y = 0, the chin near y = 100, x = 0 is the middle. */
export interface Character {
  /** Name to show a person. */
  readonly displayName: string;
  readonly skin: {
    readonly base: string;
    readonly light: string;
    readonly shade: string;
    readonly deep: string;
    readonly blush: string;
    /** Opacity of the blush, 0–1. */
    readonly blushAlpha: number;
    /** How much freckles show, 0–1. */
    readonly freckles: number;
  };
  readonly face: {
    readonly cheekX: number;
    readonly jawX: number;
    readonly jawY: number;
    readonly chinX: number;
    readonly chinY: number;
  };
  readonly eyes: {
    readonly x: number;
    readonly y: number;
    /** 1 is 20 units from the middle to a corner. */
    readonly size: number;
    /** How far the outer corner lies above the inner one. */
    readonly tilt: number;
    readonly iris: string;
    readonly irisLight: string;
    readonly line: string;
    /** 0 bare, 1 full lashes. */
    readonly lashes: number;
    /** How low the upper lid rests, 0–0.4. */
    readonly heavy: number;
  };
  readonly brows: {
    readonly color: string;
    readonly thickness: number;
    readonly arch: number;
    readonly lift: number;
  };
  readonly nose: { readonly y: number; readonly width: number };
  readonly mouth: {
    readonly y: number;
    readonly halfWidth: number;
    readonly upper: number;
    readonly lower: number;
    readonly color: string;
    readonly shade: string;
    readonly light: string;
    /** How much the corners point up at rest, in units. */
    readonly rest: number;
  };
  readonly hair: {
    readonly style: 'bob' | 'swept' | 'curls';
    readonly base: string;
    readonly light: string;
    readonly dark: string;
  };
  readonly beard?: { readonly base: string; readonly light: string; readonly dark: string };
  readonly glasses?: { readonly frame: string; readonly light: string; readonly radius: number };
  /** Age lines around eyes and mouth, 0–1. */
  readonly lines: number;
  readonly neckX: number;
  readonly outfit: {
    readonly style: 'sweater' | 'cardigan' | 'wrap';
    readonly base: string;
    readonly light: string;
    readonly shade: string;
    readonly under: string;
    readonly shoulderX: number;
  };
  readonly backdrop: { readonly inner: string; readonly outer: string; readonly accent: string };
}

/** The faces that come with the package. */
export const characters = {
  mira: {
    displayName: 'Mira',
    skin: {
      base: '#f3bf9b',
      light: '#fddcc0',
      shade: '#de9772',
      deep: '#b5654b',
      blush: '#f07a6a',
      blushAlpha: 0.38,
      freckles: 1,
    },
    face: { cheekX: 76, jawX: 64, jawY: 52, chinX: 27, chinY: 98 },
    eyes: {
      x: 34,
      y: 4,
      size: 1.17,
      tilt: 3.5,
      iris: '#2f7d74',
      irisLight: '#8fdcc0',
      line: '#2a1517',
      lashes: 1,
      heavy: 0.04,
    },
    brows: { color: '#66362a', thickness: 5.2, arch: 6, lift: 30 },
    nose: { y: 38, width: 12 },
    mouth: {
      y: 64,
      halfWidth: 22.5,
      upper: 6,
      lower: 8.4,
      color: '#d3635f',
      shade: '#a83f45',
      light: '#ee9488',
      rest: 5.4,
    },
    hair: { style: 'bob', base: '#6e3325', light: '#b9683f', dark: '#3a1815' },
    lines: 0,
    neckX: 27,
    outfit: {
      style: 'sweater',
      base: '#2c7f86',
      light: '#4aa5a6',
      shade: '#1b5a66',
      under: '#f6ead9',
      shoulderX: 150,
    },
    backdrop: { inner: '#fff1e0', outer: '#f3b795', accent: '#ffd9a8' },
  },
  otto: {
    displayName: 'Otto',
    skin: {
      base: '#e8b08c',
      light: '#f7d0b2',
      shade: '#c98663',
      deep: '#9c5a43',
      blush: '#d96f5c',
      blushAlpha: 0.3,
      freckles: 0,
    },
    face: { cheekX: 80, jawX: 73, jawY: 58, chinX: 36, chinY: 106 },
    eyes: {
      x: 35,
      y: 3,
      size: 0.9,
      tilt: -0.5,
      iris: '#44698f',
      irisLight: '#a5cbe6',
      line: '#3b2a26',
      lashes: 0.15,
      heavy: 0.12,
    },
    brows: { color: '#8d8f97', thickness: 9.6, arch: 4, lift: 30 },
    nose: { y: 40, width: 17 },
    mouth: {
      y: 68,
      halfWidth: 24,
      upper: 4,
      lower: 6.4,
      color: '#c4786a',
      shade: '#95503f',
      light: '#dd9c8b',
      rest: 4.5,
    },
    hair: { style: 'swept', base: '#b4b8c2', light: '#e9ebef', dark: '#7c818d' },
    beard: { base: '#c3c6ce', light: '#f1f2f5', dark: '#8a8e99' },
    glasses: { frame: '#4a2f22', light: '#8d6244', radius: 27 },
    lines: 1,
    neckX: 36,
    outfit: {
      style: 'cardigan',
      base: '#35486f',
      light: '#516694',
      shade: '#223150',
      under: '#f3ece1',
      shoulderX: 166,
    },
    backdrop: { inner: '#eef4f4', outer: '#9fbcc6', accent: '#d7e8dc' },
  },
  zuri: {
    displayName: 'Zuri',
    skin: {
      base: '#8d5b3d',
      light: '#b07c56',
      shade: '#6f4129',
      deep: '#472616',
      blush: '#b04a3c',
      blushAlpha: 0.26,
      freckles: 0,
    },
    face: { cheekX: 75, jawX: 62, jawY: 54, chinX: 28, chinY: 100 },
    eyes: {
      x: 34,
      y: 4,
      size: 1.1,
      tilt: 4.5,
      iris: '#4a2a17',
      irisLight: '#a0673a',
      line: '#1a0d0a',
      lashes: 0.9,
      heavy: 0.06,
    },
    brows: { color: '#21120d', thickness: 5.8, arch: 7, lift: 30 },
    nose: { y: 39, width: 15.5 },
    mouth: {
      y: 66,
      halfWidth: 23.5,
      upper: 8,
      lower: 10,
      color: '#a4504c',
      shade: '#6e2c30',
      light: '#cf7f74',
      rest: 4.6,
    },
    hair: { style: 'curls', base: '#2a1a17', light: '#6b4636', dark: '#120a0a' },
    lines: 0,
    neckX: 28,
    outfit: {
      style: 'wrap',
      base: '#d98a2b',
      light: '#f0b45c',
      shade: '#a65f17',
      under: '#7a2f3a',
      shoulderX: 150,
    },
    backdrop: { inner: '#e9f3ee', outer: '#8fbfb0', accent: '#f4e3b8' },
  },
} as const satisfies Record<string, Character>;

/** Id of a face that comes with the package. */
export type CharacterId = keyof typeof characters;

/** Whether a string is the id of a face that comes with the package. */
export const isCharacterId = (value: string): value is CharacterId => Object.hasOwn(characters, value);
