// What can be corrected of one image that is looked at.

/** `moveTo`: the cluster at this place of the list, from 0. */
export type OneCorrection = { kind: 'togglePin' } | { kind: 'moveToNew' } | { kind: 'moveTo'; place: number };
