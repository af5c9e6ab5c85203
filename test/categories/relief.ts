// A manufactured part under the camera as a height map with a material at every pixel, and the light that makes a picture of it.
import { createPicture, smooth, type Picture } from '../../worker/sample/picture';

/** Red, green and blue, around 0..1. */
export type Colour = readonly [number, number, number];

/** One picture a colour channel. */
export type ColourPicture = readonly [Picture, Picture, Picture];

export interface Relief {
  /** Towards the camera, in pixels; the background lies at 0. */
  height: Picture;
  /** Share of the light that is given back in all directions. */
  colour: ColourPicture;
  /** How strongly a smooth skin mirrors the lamp, 0..1. */
  gloss: Picture;
  /** Fine parallel grooves of turned metal: their direction in the picture; the length is how strongly they glint, 0..1. */
  grooves: readonly [Picture, Picture];
}

/** A lamp beside the camera and the light of the room. */
export interface Light {
  /** Direction that the lamp's light comes from, in radians; 0 is the right side of the picture, π/2 its lower side. */
  azimuth: number;
  /** Angle of the lamp above the picture's plane, in radians. */
  elevation: number;
  /** Light that comes from everywhere, as a share of the lamp's. */
  ambient: number;
}

export function createRelief(side: number): Relief {
  const picture = () => createPicture(side);
  return {
    height: picture(),
    colour: [picture(), picture(), picture()],
    gloss: picture(),
    grooves: [picture(), picture()],
  };
}

/** Covers a pixel with another colour: `share` 0 leaves it as it is, 1 hides it. */
export function cover({ colour }: Relief, offset: number, paint: Colour, share: number): void {
  for (const [channel, { values }] of colour.entries()) {
    values[offset]! += (paint[channel]! - values[offset]!) * share;
  }
}

/** Pixels around a pixel whose height decides how much light from the room reaches it. */
const dome = 5;

/** The light that comes back from every pixel to the camera: matt and mirroring, with shadows and darker corners. */
export function illuminate({ height, colour, gloss, grooves }: Relief, light: Light): ColourPicture {
  const { side, values } = height;
  const result = [createPicture(side), createPicture(side), createPicture(side)] as const;
  const around = average(height, dome);
  const [x, y, z] = towards(light);
  // Half-way between the lamp and the camera, which looks straight down.
  const halfLength = Math.hypot(x, y, z + 1);
  const [halfX, halfY, halfZ] = [x / halfLength, y / halfLength, (z + 1) / halfLength];
  for (let offset = 0; offset < values.length; offset++) {
    const column = offset % side;
    const slopeX = column > 0 && column < side - 1 ? (values[offset + 1]! - values[offset - 1]!) / 2 : 0;
    const slopeY = ((values[offset + side] ?? values[offset]!) - (values[offset - side] ?? values[offset]!)) / 2;
    const up = 1 / Math.hypot(slopeX, slopeY, 1);
    const open = 1 - 0.55 * smooth((around.values[offset]! - values[offset]!) / 7);
    const lit = 1 - shadow(height, offset, light);
    const facing = Math.max(0, (z - slopeX * x - slopeY * y) * up) * lit;
    const mirror = Math.max(0, (halfZ - slopeX * halfX - slopeY * halfY) * up);
    const skin = gloss.values[offset]! * (0.75 * mirror ** 90 + 0.2 * mirror ** 14);
    const [grooveX, grooveY] = [grooves[0].values[offset]!, grooves[1].values[offset]!];
    const strength = Math.hypot(grooveX, grooveY);
    const alongHalf = strength > 0 ? (grooveX * halfX + grooveY * halfY) / strength : 0;
    const glint = strength > 0 ? strength * (1 - alongHalf * alongHalf) ** 26 * mirror ** 2 : 0;
    const matt = light.ambient * open * (0.5 + 0.5 * up) + facing;
    for (const [channel, { values: back }] of colour.entries()) {
      const tone = back[offset]!;
      result[channel]!.values[offset] = tone * (matt + 0.7 * glint * lit) + skin * lit;
    }
  }
  return result;
}

function towards({ azimuth, elevation }: Light): Colour {
  const flat = Math.cos(elevation);
  return [Math.cos(azimuth) * flat, Math.sin(azimuth) * flat, Math.sin(elevation)];
}

/** How much of the lamp is hidden by what stands between it and a pixel, 0..1. */
function shadow({ side, values }: Picture, offset: number, { azimuth, elevation }: Light): number {
  const [stepX, stepY, rise] = [1.5 * Math.cos(azimuth), 1.5 * Math.sin(azimuth), 1.5 * Math.tan(elevation)];
  let [x, y, ray] = [(offset % side) + 0.5, Math.floor(offset / side) + 0.5, values[offset]!];
  let hidden = 0;
  for (let step = 1; step <= 18; step++) {
    x += stepX;
    y += stepY;
    ray += rise;
    if (x < 0 || y < 0 || x >= side || y >= side) break;
    // Farther edges throw softer shadows.
    const above = (values[Math.floor(y) * side + Math.floor(x)]! - ray) / (1.5 + 0.35 * step);
    if (above > hidden) hidden = above;
  }
  return smooth(hidden);
}

/** Mean over the square of `reach` pixels in all directions; the border pixels are repeated. */
function average(picture: Picture, reach: number): Picture {
  return averageRowsAndTurn(averageRowsAndTurn(picture, reach), reach);
}

function averageRowsAndTurn({ side, values }: Picture, reach: number): Picture {
  const result = createPicture(side);
  for (let row = 0; row < side; row++) {
    const at = (column: number) => values[row * side + Math.min(side - 1, Math.max(0, column))]!;
    let sum = 0;
    for (let column = -reach; column <= reach; column++) sum += at(column);
    for (let column = 0; column < side; column++) {
      result.values[column * side + row] = sum / (2 * reach + 1);
      sum += at(column + reach + 1) - at(column - reach);
    }
  }
  return result;
}
