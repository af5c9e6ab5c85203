// Settings that cannot be used are refused before any work is done.
import { EngineError } from '../api/errors';

/** Checks a setting. @throws EngineError `invalid-setting` */
export function requireSetting(condition: boolean, message: string): asserts condition {
  if (!condition) throw new EngineError({ code: 'invalid-setting' }, message);
}
