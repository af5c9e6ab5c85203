// What the label file is called. package.json repeats it, because VS Code reads it before any code runs.

/** Lies in the clustered folder unless `--out` puts it elsewhere. */
export const labelFileName = 'anomaly-clusters.json';
