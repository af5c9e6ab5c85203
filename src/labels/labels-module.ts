// The module that reads, checks and edits label files, loaded when the first one is read: it is most of what the extension would
// have to load at its start.

/** Loads the module, once. */
export const labelsModule = () => import('../../worker/labels');

export type LabelsModule = Awaited<ReturnType<typeof labelsModule>>;
