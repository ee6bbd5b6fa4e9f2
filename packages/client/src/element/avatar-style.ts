/** Colours come from the page's own `color-scheme`; `--tth-accent`, `--tth-on-accent` and `--tth-radius` are for pages to set. */
export const avatarCss = `
  :host {
    --line: color-mix(in srgb, CanvasText 22%, Canvas);
    --soft: color-mix(in srgb, CanvasText 6%, Canvas);
    --accent: var(--tth-accent, #1f6f78);
    --on-accent: var(--tth-on-accent, #ffffff);
    --radius: var(--tth-radius, 1.25rem);
    box-sizing: border-box;
    display: block;
    width: 100%;
    max-width: 26rem;
    color: CanvasText;
    font: 1rem/1.45 system-ui, sans-serif;
  }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before { box-sizing: border-box; }

  .face { position: relative; aspect-ratio: 1; border-radius: var(--radius); background: var(--soft); overflow: hidden; }
  canvas { display: block; width: 100%; height: 100%; }

  .tap {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: end center;
    padding: 1.25rem;
    border: 0;
    border-radius: inherit;
    background: linear-gradient(transparent 55%, rgb(0 0 0 / 35%));
    font: inherit;
    cursor: pointer;
  }
  .tap span {
    padding: 0.7rem 1.4rem;
    border-radius: 999px;
    background: #ffffff;
    color: #1d2326;
    font-weight: 600;
    box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
  }
  .tap:hover span { background: #f2ede5; }

  .notice { margin: 0.75rem 0 0; padding: 0.6rem 0.9rem; border-radius: 0.75rem; background: var(--soft); font-size: 0.875rem; }
  .caption { min-height: 2.9em; margin: 0.75rem 0 0; font-weight: 500; text-align: center; text-wrap: balance; }

  form {
    display: flex;
    gap: 0.4rem;
    margin-top: 0.75rem;
    padding: 0.35rem;
    border: 1px solid var(--line);
    border-radius: 999px;
    background: Canvas;
  }
  form:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
  input { flex: 1; min-width: 0; padding: 0.45rem 0.8rem; border: 0; background: none; color: inherit; font: inherit; outline: none; }
  input::placeholder { color: color-mix(in srgb, CanvasText 62%, Canvas); opacity: 1; }
  form button {
    min-height: 2.4rem;
    padding: 0 1.1rem;
    border: 0;
    border-radius: 999px;
    background: var(--accent);
    color: var(--on-accent);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  form button.stop { background: var(--soft); color: inherit; }
  button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  .tap:focus-visible { outline-offset: -5px; }
`;
