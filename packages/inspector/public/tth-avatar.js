// One tag without attributes has to be enough, and that is a classic script; the element itself is the module beside it.
import('./tth-avatar-element.js').catch(() => {
  const text =
    'The avatar could not be loaded. Its server delivers it to pages of its own address only; open this page there.';
  for (const avatar of document.querySelectorAll('tth-avatar')) avatar.textContent = text;
});
