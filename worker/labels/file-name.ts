// What the files beside a folder's images are called. package.json repeats it, because VS Code reads it before any code runs.

/** Lies in the clustered folder unless `--out` puts it elsewhere. */
export const labelFileName = 'anomaly-clusters.json';

/** Lies in the clustered folder: which part of each image counts. */
export const areaFileName = 'anomaly-area.json';

/** The same as a picture, made by hand: what is not black counts. */
export const areaPictureName = 'anomaly-area.png';
