import { element, icon } from './dom.js';

/** Types that the page shows itself; the server serves the same. */
const Images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'];
const LargestPreview = 20 * 1_048_576;

/** Pictures by file, the latest seen last: a file never changes once it is complete. Each holds its bytes in memory until its address is let go. */
const previews = new Map();
const MostPreviews = 40;

/** A file in a message: what it is called, its picture where it is one, and a button that saves it. */
export function fileView({ chat, fileId, onLoaded }) {
  const name = element('span', { class: 'file-name' }, 'File');
  const size = element('span', { class: 'detail' });
  const save = element('button', { type: 'button', class: 'quiet', 'aria-label': 'Download', title: 'Download', disabled: true }, icon('download'));
  const node = element('div', { class: 'file', 'data-file-id': fileId }, element('div', { class: 'file-line' }, icon('file'), element('div', { class: 'who' }, name, size), save));
  show().catch(() => { size.textContent = 'not available'; });
  return node;

  async function show() {
    const file = await chat.file(fileId);
    name.textContent = file.filename;
    size.textContent = bytes(file.file_size);
    save.disabled = false;
    save.setAttribute('aria-label', `Download ${file.filename}`);
    save.addEventListener('click', () => download(file));
    if (!Images.includes(file.mime_type) || file.file_size > LargestPreview) return;
    const image = element('img', { class: 'preview-image', alt: file.filename, onload: onLoaded });
    await preview(image, chat, fileId);
    node.prepend(image);
  }

  async function download(file) {
    save.disabled = true;
    try {
      const address = URL.createObjectURL(await chat.fileContent(fileId));
      element('a', { href: address, download: file.filename }).click();
      // The browser has taken it over by then.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (problem) {
      chat.report(problem);
    } finally {
      save.disabled = false;
    }
  }
}

/** One that could not be had is asked for again the next time. */
function preview(image, chat, fileId) {
  const picture = previews.get(fileId) ?? { address: chat.fileContent(fileId).then((content) => URL.createObjectURL(content)), loading: null };
  previews.delete(fileId);
  previews.set(fileId, picture);
  picture.address.catch(() => { if (previews.get(fileId) === picture) previews.delete(fileId); });
  const addressed = picture.address.then((address) => { image.src = address; });
  picture.loading = Promise.allSettled([picture.loading, addressed.then(() => image.decode())]);
  if (previews.size > MostPreviews) {
    const [[oldest, letGo]] = previews;
    previews.delete(oldest);
    release(letGo);
  }
  return addressed;
}

/** A picture that is shown already stays; one that is still loading needs the address until then. */
async function release(picture) {
  await picture.loading;
  await picture.address.then((address) => URL.revokeObjectURL(address), () => {});
}

/** As people read sizes. */
export function bytes(count) {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  const value = count / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
