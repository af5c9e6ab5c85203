// Words that datasets use for their splits and for parts without a defect.

const splits = new Set(['train', 'training', 'val', 'valid', 'validation', 'test', 'testing', 'dev']);
const trainingSplits = new Set(['train', 'training', 'val', 'valid', 'validation']);
const good =
  /^(good|ok(ay)?|normal|pass(ed)?|free|fine|flawless|(defect|fault|anomaly|error)[-_ ]?free|(no|non|without)[-_ ]?(defects?|defective|anomal(y|ies|ous)|faults?))$/i;

/** Whether a folder is named after a split: never a class. */
export function isSplit(name: string): boolean {
  return splits.has(name.toLowerCase());
}

/** Whether a folder is named after a split that a detector of anomalies learns from. */
export function isTrainingSplit(name: string): boolean {
  return trainingSplits.has(name.toLowerCase());
}

/** Whether a class is named as people name parts without a defect. */
export function isGoodName(name: string): boolean {
  return good.test(name);
}
