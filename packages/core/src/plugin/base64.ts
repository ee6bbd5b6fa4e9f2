/** `String.fromCharCode` takes a limited number of arguments. */
const block = 8_192;

export const toBase64 = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += block) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + block)));
  }
  return btoa(parts.join(''));
};

/** Throws for what is no base64. */
export const fromBase64 = (base64: string): Uint8Array => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
};
