// Windows bitmaps for the tests, because no library here writes them.

/** Colour of every pixel of a 24-bit bitmap. */
export const bitmapColour = { r: 200, g: 30, b: 60 };

/** An uncompressed Windows bitmap, bottom row first, written from the format's description. */
export function bitmap(width: number, height: number, bits: 8 | 24, palette: number[][] = []): Uint8Array {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const offset = 54 + palette.length * 4;
  const file = Buffer.alloc(offset + stride * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(offset, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.writeUInt32LE(palette.length, 46);
  for (const [i, [r, g, b]] of palette.entries()) file.set([b!, g!, r!, 0], 54 + i * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = offset + y * stride + (x * bits) / 8;
      if (bits === 8) file[at] = 1;
      else file.set([bitmapColour.b, bitmapColour.g, bitmapColour.r], at);
    }
  }
  return file;
}
