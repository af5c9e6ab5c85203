// Why an image cannot be used.

/** An image that cannot be used. The message is a reason to put behind the file's name: "is empty (0 bytes)". */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}
