import * as say from '../text/frame.ts';

/** On /offline: takes back what register.ts did in this browser. */
const button = document.querySelector<HTMLButtonElement>('#forget');
const answer = document.querySelector('#forgotten');

if (button && 'serviceWorker' in navigator) {
  button.hidden = false;
  button.addEventListener('click', () => void forget());
}

async function forget(): Promise<void> {
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
  const names = (await caches.keys()).filter((name) => name.startsWith('marquee-'));
  await Promise.all(names.map((name) => caches.delete(name)));
  if (answer) answer.textContent = say.copyForgotten;
}
