// Which images the network sees at about their own shape: the long ones, where it takes others than those that it was made for.
import { elongationOf, longestSqueezed, stretchOf, type Elongation } from '../features/elongation';
import type { Session } from '../session/session';
import type { Dataset, DatasetImage } from '../describe/dataset';

/**
 * @returns the same with the elongations of its images
 * @throws EngineError `model-invalid`, `cancelled`
 */
export async function elongate<Images extends Pick<Dataset, 'images' | 'normals'>>(
  session: Session,
  dataset: Images,
): Promise<Images> {
  const { grid } = session.shape;
  const wanted = new Set([...dataset.images, ...dataset.normals].map((image) => elongationOf(image, grid)));
  const taken = new Set<Elongation>();
  for (const elongation of wanted) {
    if (elongation !== 1 && (await session.task('takesElongated', { elongation }))) taken.add(elongation);
  }
  const withElongation = (image: DatasetImage): DatasetImage => {
    const elongation = elongationOf(image, grid);
    return taken.has(elongation) ? { ...image, elongation } : image;
  };
  return { ...dataset, images: dataset.images.map(withElongation), normals: dataset.normals.map(withElongation) };
}

/** Whether the network sees a long image squeezed all the same. */
export function isSqueezed(image: DatasetImage, { shape }: Pick<Session, 'shape'>): boolean {
  return image.elongation === undefined && stretchOf(image, shape.grid) > longestSqueezed;
}
