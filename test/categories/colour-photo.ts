// The colour photo of a part, by the camera that also takes the sample's photos.
import type { Random } from '../../worker/base/random';
import { blur, openShutter, toByte } from '../../worker/sample/camera';
import type { ColourPicture } from './relief';

/**
 * Turns a coloured picture into RGB bytes, (side, side, 3).
 * @param light direction that the light comes from, in radians
 */
export function photographColour(picture: ColourPicture, light: number, random: Random): Uint8Array {
  const { side } = picture[0];
  const { exposure, noise, tint, sharpness } = openShutter(side, light, random);
  const seen = picture.map((channel) => blur(channel, sharpness));
  const balance = [1 + tint, 1, 1 - tint];
  const rgb = new Uint8Array(side * side * 3);
  for (let y = 0, offset = 0; y < side; y++) {
    for (let x = 0; x < side; x++, offset++) {
      const [lit, grain] = [exposure(x, y), noise * random.normal()];
      for (let channel = 0; channel < 3; channel++) {
        rgb[offset * 3 + channel] = toByte((seen[channel]!.values[offset]! * lit + grain) * balance[channel]!);
      }
    }
  }
  return rgb;
}
