import { avatarCss } from './avatar-style.ts';
import type { AvatarFacts } from './avatar-view.ts';
import { avatarView } from './avatar-view.ts';

/** What a person does with the parts. */
export interface AvatarActions {
  start(): void;
  ask(text: string): void;
  interrupt(): void;
}

const make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const sidePx = 512;
const mostScale = 2;

/** Writes only what differs: a live region speaks whenever it is written to. */
const setText = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};

/** Builds the inside of an avatar: face, tap to start, notice, caption and a form that a page may replace (slot `controls`). */
export const createAvatarParts = (root: ShadowRoot, actions: AvatarActions) => {
  const side = String(sidePx * Math.min(mostScale, Math.max(1, Math.ceil(devicePixelRatio))));
  const canvas = make('canvas', { part: 'face', role: 'img', width: side, height: side });
  const tap = make('button', { type: 'button', class: 'tap', part: 'tap' }, make('span', {}, 'Tap to start'));
  const notice = make('p', { class: 'notice', part: 'notice', role: 'status' });
  const caption = make('p', { class: 'caption', part: 'caption', 'aria-live': 'polite' });
  const input = make('input', { name: 'text', autocomplete: 'off', enterkeyhint: 'send', required: '' });
  const stop = make('button', { type: 'button', class: 'stop' }, 'Stop');
  const send = make('button', { type: 'submit' }, 'Send');
  const form = make('form', { part: 'form' }, input, stop, send);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(avatarCss);
  // A sheet made by script is what a policy without inline styles allows.
  root.adoptedStyleSheets = [sheet];
  root.append(
    make('div', { class: 'face' }, canvas, tap),
    notice,
    caption,
    make('slot', { name: 'controls' }, form),
  );

  tap.addEventListener('click', () => {
    actions.start();
    if (input.checkVisibility()) input.focus();
  });
  stop.addEventListener('click', actions.interrupt);
  root.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key === 'Escape') actions.interrupt();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    form.reset();
    actions.ask(text);
  });

  return {
    canvas,

    show(facts: AvatarFacts): void {
      const view = avatarView(facts);
      tap.hidden = !view.needsTap;
      tap.setAttribute('aria-label', `Tap to start the sound of ${facts.name}`);
      notice.hidden = view.notice === '';
      setText(notice, view.notice);
      caption.hidden = !view.hasCaptions;
      setText(caption, facts.caption);
      stop.hidden = !view.canStop;
      stop.setAttribute('aria-label', `Stop ${facts.name}`);
      canvas.setAttribute('aria-label', `Face of ${facts.name}`);
      input.setAttribute('aria-label', `Your message to ${facts.name}`);
      input.placeholder = `Say something to ${facts.name}`;
    },
  };
};

export type AvatarParts = ReturnType<typeof createAvatarParts>;
